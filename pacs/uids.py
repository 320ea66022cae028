"""The Uid type: a DICOM unique identifier that was looked at (PS3.5 section 9)."""

from __future__ import annotations

import re
from typing import NewType

from pacs.errors import BadRequest

Uid = NewType("Uid", str)

LONGEST_UID = 64
# PS3.5 9.1 forbids leading zeros in a component; real devices write them, and refusing their
# images would lose them, so the shape alone is required.
_SHAPE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def is_uid(text: str) -> bool:
    """Whether the text has the shape and length of a UID (PS3.5 9.1)."""
    return len(text) <= LONGEST_UID and _SHAPE.fullmatch(text) is not None


def parse_uid(text: str, parameter: str = "uid") -> Uid:
    """The text as a Uid. Raises BadRequest where it has not the shape of one."""
    if not is_uid(text):
        raise BadRequest(parameter=parameter, reason="not a DICOM UID")
    return Uid(text)
