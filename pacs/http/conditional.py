"""Has the client this picture already? (RFC 9110 13.1.2)"""

from __future__ import annotations


def is_known(if_none_match: str, etag: str) -> bool:
    """Whether the If-None-Match header names the ETag; weak comparison, as GET wants it."""
    if not if_none_match:
        return False
    named = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in named or "*" in named
