"""Specific Character Sets (PS3.3 C.12.1.1.2) that pydicom 3.0.2 does not read, taught to it when this is imported."""

from __future__ import annotations

from pydicom import charset

# Latin alphabet No. 9, in DICOM since 2021: its escape sequence is 02/13 06/02 (PS3.3 Table C.12-3).
LATIN_9 = "iso8859_15"
LATIN_9_TERMS = ("ISO_IR 203", "ISO 2022 IR 203")
LATIN_9_ESCAPE = b"\x1b-b"
# GB 2312 (ISO 2022 IR 58): pydicom leaves the escape sequence to Python's codec, which passes it through
# as text, so that every name came out with "$)A" before it.
GB_2312 = "iso_ir_58"


def teach_pydicom() -> None:
    """Add what is missing to pydicom's tables. Doing it twice changes nothing."""
    for term in LATIN_9_TERMS:
        charset.python_encoding[term] = LATIN_9
    charset.CODES_TO_ENCODINGS[LATIN_9_ESCAPE] = LATIN_9
    charset.ENCODINGS_TO_CODES[LATIN_9] = LATIN_9_ESCAPE
    handled: tuple[str, ...] = charset.handled_encodings
    charset.handled_encodings = tuple(name for name in handled if name != GB_2312)  # type: ignore[assignment]


teach_pydicom()
