"""Names under which bytes are kept: made from digests, never from a peer's text (promise P10)."""

from __future__ import annotations

import hashlib
import re
from typing import NewType

BlobKey = NewType("BlobKey", str)
"""SHA-256 of the file as received, 64 lower-case hex digits."""

BEGINNING_DIGITS = 32  # of 64: each half tells apart what nobody can make alike
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")


def is_digest(text: str) -> bool:
    """Whether the text is a SHA-256 in lower-case hex, and so safe as a file name."""
    return _DIGEST.fullmatch(text) is not None


def is_kind(text: str) -> bool:
    """Whether the text may name an area of the derived store."""
    return _KIND.fullmatch(text) is not None


def derived_key(subject: str, *distinguishing: str | int) -> str:
    """The key of something made of a subject, told apart by e.g. frame and size.

    The subject is the digest of a blob, or of a name (name_digest). All keys of one subject begin alike, so that what
    was made of it can be found when it is erased.
    """
    told = "\0".join((subject, *map(str, distinguishing)))
    return beginning_of(subject) + hashlib.sha256(told.encode()).hexdigest()[BEGINNING_DIGITS:]


def beginning_of(subject: str) -> str:
    """How every key begins that something made of this subject has."""
    return subject[:BEGINNING_DIGITS]


def name_digest(name: str) -> str:
    """What stands for a name, as a UID, among subjects."""
    return hashlib.sha256(name.encode()).hexdigest()
