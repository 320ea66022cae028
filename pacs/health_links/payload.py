"""What a SMART Health Link holds: where its manifest is, and the key to the files that it names."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime

PREFIX = "shlink:/"
LONGEST_LABEL = 80  # characters
LONGEST_URL = 128  # characters
VERSION = 1
NEEDS_PASSCODE = "P"  # every link of ours does


@dataclass(frozen=True)
class Payload:
    """The SMART Health Link Payload. The label is read by whoever has the link, before any passcode."""

    url: str
    key: bytes = field(repr=False)
    expires_at: datetime
    label: str

    def to_uri(self) -> str:
        """`shlink:/…`: minified JSON, base64url without padding."""
        told = {
            "url": self.url,
            "key": _base64url(self.key),
            "exp": int(self.expires_at.timestamp()),
            "flag": NEEDS_PASSCODE,
            "label": self.label[:LONGEST_LABEL],
            "v": VERSION,
        }
        return PREFIX + _base64url(json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode("ascii")
