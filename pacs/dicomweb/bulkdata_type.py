"""What a document is, by its own bytes and not by what its file says of it (promise P12)."""

from __future__ import annotations

from pacs.dicomweb.media_types import OCTETS

DOCUMENT = 0x00420011  # Encapsulated Document (PS3.3 C.24.2)


def media_type_of(beginning: bytes) -> str:
    """The media type of a document that begins so: what is not known for certain is octets, and runs nowhere."""
    if beginning.startswith(b"%PDF-"):
        return "application/pdf"
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"<?xml", b"<ClinicalDocument")) and b"<html" not in beginning.lower():
        return "text/xml"
    if beginning.startswith(b"solid "):
        return "model/stl"
    return OCTETS
