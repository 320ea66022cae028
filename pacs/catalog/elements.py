"""The elements of a data set by their tags as plain numbers. Runs in the sandbox; pure.

pydicom compares tags in Python, which at a hundred look-ups a file takes longer than reading it; and each look-up of
a value that cannot be read tries again. Here every element is converted once.
"""

from __future__ import annotations

from functools import cache

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement

Elements = dict[int, DataElement | RawDataElement]


def elements_of(dataset: Dataset) -> Elements:
    """Every element of the data set's own level; one whose value pydicom cannot make sense of stays raw."""
    return {int(tag): _converted(dataset, tag) for tag in sorted(dataset.keys())}


def _converted(dataset: Dataset, tag: int) -> DataElement | RawDataElement:
    try:
        return dataset[tag]
    except Exception:
        # Whatever pydicom raises on a bad value (it raises many kinds): one element is no reason to refuse a file.
        return dataset.get_item(tag)


@cache
def tag_of(keyword: str) -> int:
    """The tag of a keyword of PS3.6. Raises KeyError for one that is none."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return int(tag)
