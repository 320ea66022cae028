"""DICOM JSON as the Native DICOM Model in XML (PS3.19 A.1), which DICOMweb knows as application/dicom+xml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pydicom.datadict import keyword_for_tag

from pacs.catalog.headers import JsonDataset, JsonElement
from pacs.catalog.levels import is_private, is_private_creator

NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
GROUP_LENGTH = "0000"
# What XML 1.0 has no way to write, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_native_xml(dataset: JsonDataset) -> bytes:
    """The data set as one document, in UTF-8."""
    body = "".join(_attributes(dataset))
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="{NAMESPACE}" xml:space="preserve">'
    )
    return f"{head}{body}</NativeDicomModel>\n".encode()


def _attributes(dataset: JsonDataset) -> Iterator[str]:
    for tag, element in dataset.items():
        if is_private_creator(tag) or tag.endswith(GROUP_LENGTH):
            continue  # A.1.1, Table A.1.5-2: neither is sent
        keyword = keyword_for_tag(int(tag, 16))
        named = f"tag={quoteattr(tag)} keyword={quoteattr(keyword)}" if keyword else _unknown(dataset, tag)
        value = "".join(_value(element))
        yield f"<DicomAttribute {named} vr={quoteattr(str(element['vr']))}>{value}</DicomAttribute>"


def _unknown(dataset: JsonDataset, tag: str) -> str:
    """What has no keyword. A private element is told with its creator, and without its block (Table A.1.5-2).

    Where nobody reserved the block, the tag stays as it is: nothing else tells it from others.
    """
    creator = dataset.get(f"{tag[:4]}00{tag[4:6]}", {}).get("Value") if is_private(tag) else None
    if not creator or creator[0] is None:
        return f"tag={quoteattr(tag)}"
    return f"tag={quoteattr(f'{tag[:4]}00{tag[6:]}')} privateCreator={quoteattr(_text(creator[0]))}"


def _value(element: JsonElement) -> Iterator[str]:
    if "InlineBinary" in element:
        yield f"<InlineBinary>{_escaped(element['InlineBinary'])}</InlineBinary>"
    elif "BulkDataURI" in element:
        yield f"<BulkData uri={quoteattr(_text(element['BulkDataURI']))}/>"
    for number, one in enumerate(element.get("Value") or [], 1):
        yield _one(element["vr"], number, one)


def _one(vr: str, number: int, value: Any) -> str:
    if vr == "SQ":
        return f'<Item number="{number}">{"".join(_attributes(value or {}))}</Item>'
    if vr == "PN":
        groups = "".join(_group(group, (value or {}).get(group, "")) for group in GROUPS)
        return f'<PersonName number="{number}">{groups}</PersonName>'
    return f'<Value number="{number}">{"" if value is None else _escaped(value)}</Value>'


def _group(group: str, name: str) -> str:
    if not name:
        return ""
    parts = zip(COMPONENTS, name.split("^"), strict=False)
    return (
        f"<{group}>{''.join(f'<{part}>{_escaped(text)}</{part}>' for part, text in parts if text)}</{group}>"
    )


def _escaped(value: Any) -> str:
    return escape(_text(value))


def _text(value: Any) -> str:
    return _NOT_XML.sub("\ufffd", str(value))
