"""The addresses of values that were left out of a header (PS3.18 F.2.2): kept without a host, told with it."""

from __future__ import annotations

from typing import Any

from pacs.catalog.header_json import BULKDATA
from pacs.catalog.headers import JsonDataset, JsonElement

# In the text of a value a quotation mark has a backslash before it: this stands in no value.
_KEPT = f'"BulkDataURI":"{BULKDATA}'.encode()


def with_addresses(header: bytes, instance_url: str) -> bytes:
    """A header as JSON text, as it was kept, with whole addresses below that of the instance."""
    return header.replace(_KEPT, f'"BulkDataURI":"{instance_url}/{BULKDATA}'.encode())


def addressed(dataset: JsonDataset, instance_url: str) -> JsonDataset:
    """The same of a header that was read; without a URL the addresses are left out."""
    return {tag: _addressed(element, instance_url) for tag, element in dataset.items()}


def _addressed(element: JsonElement, instance_url: str) -> JsonElement:
    if "BulkDataURI" in element:
        told: dict[str, Any] = {"vr": element["vr"]}
        return {**told, "BulkDataURI": f"{instance_url}/{element['BulkDataURI']}"} if instance_url else told
    if element.get("vr") == "SQ" and element.get("Value"):
        return {**element, "Value": [addressed(item or {}, instance_url) for item in element["Value"]]}
    return element
