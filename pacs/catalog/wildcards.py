"""Wild cards (PS3.4 C.2.2.2.4) against a text at hand: * is any text, ? any one character. Pure.

Made of searches that never go back: a pattern of a thousand asterisks costs no more than its length times the text's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=64)
def wild_test(pattern: str) -> Callable[[str], bool]:
    """Whether a text matches the whole pattern."""
    if "*" not in pattern:
        whole = _compiled(pattern)
        return lambda text: whole.fullmatch(text) is not None
    first, *middle, last = pattern.split("*")
    head, tail = _compiled(first), _compiled(last)
    parts = [_compiled(part) for part in middle if part]

    def matches(text: str) -> bool:
        begun = head.match(text)
        if begun is None:
            return False
        place = begun.end()
        for part in parts:  # the first place where it fits is as good as any later one
            found = part.search(text, place)
            if found is None:
                return False
            place = found.end()
        return len(text) - place >= len(last) and tail.fullmatch(text, len(text) - len(last)) is not None

    return matches


def _compiled(part: str) -> re.Pattern[str]:
    return re.compile("".join("." if one == "?" else re.escape(one) for one in part), re.DOTALL)
