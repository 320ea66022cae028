"""Why an image cannot be shown: a code that leaves the sandbox, never a library's words or the file's."""

from __future__ import annotations

NO_PIXELS = "no_pixels"
VIDEO = "video"
UNSUPPORTED_TRANSFER_SYNTAX = "unsupported_transfer_syntax"
UNSUPPORTED_PHOTOMETRIC = "unsupported_photometric"
SIZE_MISMATCH = "size_mismatch"
TOO_LARGE = "too_large"
DECODE_FAILED = "decode_failed"

# Why a frame that can be shown has no codestream of ours.
FLOAT, WIDE, LARGE, NOT_EXACT = "float", "wide", "large", "not_exact"


class CannotShow(Exception):
    """This frame has no picture. The reason is one of the codes above, or one that its catcher adds."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoStream(Exception):
    """This frame has pictures but no codestream: its numbers are not such as ours hold (see above)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
