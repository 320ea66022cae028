"""The mark by which a copy that a link shows is known for one, wherever its file turns up.

It stands in De-identification Method (0012,0063), and is told from what anybody may write there by a signature of this
archive: so copies never become studies like any other, when the catalogue is made anew from the files or when one is
sent back in. To another archive it is a word among others.
"""

from __future__ import annotations

import re
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "pacs.ingest.copy_marks"
WORDS = "Lightbox share link"
_MARK = re.compile(rf"{WORDS} ([0-9a-f]{{12}})\.([0-9a-f]{{24}})")  # an LO: 64 characters at most


def new_mark() -> str:
    """A mark for the copies of one link, which is told by nothing to be that of another."""
    number = secrets.token_hex(6)
    return f"{WORDS} {number}.{_signature(number)}"


def is_link_copy(method: str) -> bool:
    """Whether one of the values of De-identification Method is a mark of this archive."""
    marks = (_MARK.fullmatch(value.strip()) for value in method.split("\\"))
    return any(constant_time_compare(mark[2], _signature(mark[1])) for mark in marks if mark)


def _signature(number: str) -> str:
    return salted_hmac(SALT, number, algorithm="sha256").hexdigest()[:24]
