"""Links without names: the copy that the guests of such a link see is made, told of and erased (promise P19)."""
