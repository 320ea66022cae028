"""Why a file cannot be taken. Travels from the sandbox as its reason alone."""

from __future__ import annotations


class Unreadable(Exception):
    """The bytes are not a whole, readable DICOM object; reason is a value of receipts.Reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
