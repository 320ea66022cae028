"""Which objects nobody should hand on unseen: identities in their pixels or texts are beyond any table.

Pure, and by the header as DICOM JSON (PS3.18 F.2), as it is kept in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

JsonDataset = Mapping[str, Any]

STORAGE = "1.2.840.10008.5.1.4."
CLASSES = "1.2.840.10008.5.1.4.1.1."
# Of documents the standard wants the content replaced, and raw data is its maker's own: what is left is no use.
DOCUMENTS, RAW_DATA = f"{CLASSES}104.", f"{CLASSES}66"
# By what follows CLASSES. Modalities of these draw nothing into their pixels.
CLEAN_CLASSES = (
    "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", "2", "2.1", "2.2", "4", "4.1", "4.2", "4.3", "4.4", "9.", "11.",
    "13.1.3", "13.1.4", "13.1.5", "20", "30", "66.", "67", "68.", "78.", "88.59", "128", "128.1", "130", "200.", "481.",
)  # fmt: skip
SECONDARY_CAPTURE = "7"
REPORTS = "88."
PRESENTATION_STATES = "11."
PHOTOGRAPHS = "77."
ULTRASOUND = frozenset(("3", "3.1", "6", "6.1", "6.2"))
ULTRASOUND_MODALITIES = frozenset(("US", "IVUS", "BDUS"))
CAPTURED = frozenset(
    ("SCREEN", "SCREENSHOT", "CAPTURE", "SAVE", "DOSE", "PROTOCOL", "REPORT", "SUMMARY", "LABEL", "OVERVIEW")
)
VIDEO = "1.2.840.10008.1.2.4.10"
SLIDES = "77.1.6"
COLOURS = frozenset(("RGB", "PALETTE COLOR", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"))


def left_out(header: JsonDataset) -> str:
    """Why an object cannot be de-identified: "document", "raw_data" or "private_class"; "" where it can."""
    return cannot_be_copied(_first(header, "00080016"))


def cannot_be_copied(sop_class_uid: str) -> str:
    """As left_out, by the SOP Class UID."""
    if sop_class_uid.startswith(DOCUMENTS):
        return "document"
    if sop_class_uid == RAW_DATA:
        return "raw_data"
    return "" if sop_class_uid.startswith(STORAGE) else "private_class"


def reasons_to_look(header: JsonDataset, transfer_syntax_uid: str) -> list[str]:
    """Why a person has to look at an object before it leaves; none for one that may be trusted."""
    kind = _first(header, "00080016").removeprefix(CLASSES)
    found = list(_reasons(header, kind, transfer_syntax_uid))
    if not found and not _is_clean(kind) and _first(header, "00280301") != "NO":
        return ["unknown"]
    return found


def _reasons(header: JsonDataset, kind: str, transfer_syntax_uid: str) -> Iterator[str]:
    if _first(header, "00280301") == "YES":
        yield "burned_in"
    if _first(header, "00280302") == "YES" or (kind.startswith(PHOTOGRAPHS) and kind != SLIDES):
        yield "photograph"
    if kind in ULTRASOUND or _first(header, "00080060") in ULTRASOUND_MODALITIES:
        yield "ultrasound"
    if transfer_syntax_uid.startswith(VIDEO):
        yield "video"
    if kind.startswith(REPORTS) and kind != "88.59":
        yield "report"
    elif _is_captured(header, kind):
        yield "capture"


def _is_captured(header: JsonDataset, kind: str) -> bool:
    """A picture of a screen or of paper, whatever its class says."""
    if kind.split(".")[0] == SECONDARY_CAPTURE or _first(header, "00080064"):
        return True
    words = {
        word for value in _values(header, "00080008") for word in str(value).upper().replace("_", " ").split()
    }
    if words & CAPTURED:
        return True
    is_section = kind in ("2", "2.1", "4", "4.1", "128")
    has_no_place = "00200032" not in header and "52009229" not in header
    return is_section and (("SECONDARY" in words and has_no_place) or _first(header, "00280004") in COLOURS)


def _is_clean(kind: str) -> bool:
    return any(kind.startswith(one) if one.endswith(".") else kind == one for one in CLEAN_CLASSES)


def has_hidden_overlay(header: JsonDataset) -> bool:
    """Whether bits beside those of the pixels hold an overlay (PS3.3 C.9.2, retired), which no one sees at first."""
    return any(
        tag[:2] == "60" and tag[4:] == "0100" and _first(header, tag) not in ("", "1") for tag in header
    )


def _values(header: JsonDataset, tag: str) -> list[Any]:
    values = header.get(tag, {}).get("Value")
    return [value for value in values if value is not None] if isinstance(values, list) else []


def _first(header: JsonDataset, tag: str) -> str:
    values = _values(header, tag)
    return str(values[0]).strip() if values else ""
