"""What stands in for an identity: always the same under one key, and under another key another.

Without the key nobody can tell what a pseudonym stands for, nor whether two of different keys stand for the same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

KEY_BYTES = 32
MOST_DAYS = 3650  # into the past: at least one day, at most ten years
SHOWN_CHARACTERS = 10


@dataclass(frozen=True)
class Pseudonyms:
    """Made under one key, of 32 bytes. Raises ValueError for another length."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")

    def uid(self, original: str) -> str:
        """A UID of a UUID (PS3.5 B.2), of version 8: what it was made of is nobody's business (RFC 9562 5.8)."""
        number = int.from_bytes(self._digest("uid", original)[:16], "big")
        number = number & ~(0xF << 76) | 8 << 76
        number = number & ~(0x3 << 62) | 2 << 62
        return f"2.25.{number}"

    def patient(self, patient_id: str, issuer: str) -> str:
        """A Patient ID and Patient's Name that tell patients apart, and nothing else."""
        shown = base64.b32encode(self._digest("patient", issuer, patient_id)).decode()
        return f"DEID-{shown[:SHOWN_CHARACTERS]}"

    def days(self, patient_id: str, issuer: str) -> int:
        """By how many days all dates of this patient are moved; less than 0. Times of day stay."""
        number = int.from_bytes(self._digest("days", issuer, patient_id)[:8], "big")
        return -1 - number % MOST_DAYS

    def _digest(self, purpose: str, *told: str) -> bytes:
        message = "\0".join((purpose, *told)).encode("utf-8", "surrogateescape")
        return hmac.new(self.key, message, hashlib.sha256).digest()
