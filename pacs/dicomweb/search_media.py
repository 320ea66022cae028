"""In which form the results of a search go out (PS3.18 10.6.4, 8.7.3.2): JSON, XML in parts, or a table."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pacs.catalog.attributes import Path
from pacs.catalog.headers import JsonDataset
from pacs.dicomweb import search_csv
from pacs.dicomweb.accept import ANYTHING, Wish, wishes_of
from pacs.dicomweb.native_xml import to_native_xml
from pacs.dicomweb.search_transactions import CSV, SEARCH_TYPES
from pacs.dicomweb.transactions import DICOM_JSON, JSON
from pacs.errors import LightboxError

DICOM_XML_PART = "application/dicom+xml"


class NotAcceptable(LightboxError):
    """None of the acceptable media types can be given. Fields: acceptable."""

    code = "not_acceptable"


def choose_media_type(accept: str, query: bytes = b"") -> str:
    """The media type that a client likes best, of KINDS; `query` is the address' as it came. Raises NotAcceptable."""
    wishes = wishes_of(accept, query)
    liked = [(_liking(wishes, kind), -place, kind) for place, kind in enumerate(KINDS)]
    best, _, kind = max(liked)
    if best <= 0:
        raise NotAcceptable(acceptable=", ".join(SEARCH_TYPES))
    return kind


def _liking(wishes: Sequence[Wish], kind: str) -> float:
    """The q of the most specific wish that covers this kind. XML comes in parts, whether or not a client says so."""
    covering = [
        wish for wish in wishes if wish.covers(kind) and not (wish.is_multipart and kind != DICOM_XML_PART)
    ]
    covering.sort(key=lambda wish: (wish.name != kind, wish.name == ANYTHING))
    return covering[0].q if covering else 0.0


KINDS = (DICOM_JSON, JSON, DICOM_XML_PART, CSV)


class Writer(Protocol):
    """Writes results as they come, a few at a time."""

    content_type: str

    def begin(self) -> bytes:
        """What is before the first."""

    def some(self, results: Sequence[JsonDataset]) -> bytes:
        """These results."""

    def end(self) -> bytes:
        """What is behind the last."""


@dataclass
class JsonWriter:
    """One list (PS3.18 F.2.1)."""

    content_type: str
    has_begun: bool = False

    def begin(self) -> bytes:
        """The bracket."""
        return b"["

    def some(self, results: Sequence[JsonDataset]) -> bytes:
        """The objects, a comma before each but the first."""
        told = b",".join(
            json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
            for one in results
        )
        before = b"," if self.has_begun and told else b""
        self.has_begun = self.has_begun or bool(told)
        return before + told

    def end(self) -> bytes:
        """The other bracket."""
        return b"]"


class XmlWriter:
    """One part for each result (PS3.18 8.7.3.2)."""

    def __init__(self) -> None:
        self._boundary = secrets.token_hex(16)
        self.content_type = f'multipart/related; type="{DICOM_XML_PART}"; boundary={self._boundary}'

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def some(self, results: Sequence[JsonDataset]) -> bytes:
        """The parts."""
        head = f"--{self._boundary}\r\nContent-Type: {DICOM_XML_PART}\r\n\r\n".encode()
        return b"".join(head + to_native_xml(one) + b"\r\n" for one in results)

    def end(self) -> bytes:
        """The closing delimiter."""
        return f"--{self._boundary}--\r\n".encode()


@dataclass
class CsvWriter:
    """A line for each result."""

    columns: Sequence[Path]
    content_type: str = f"{CSV}; charset=utf-8; header=present"

    def begin(self) -> bytes:
        """The names of the columns."""
        return search_csv.heading(self.columns)

    def some(self, results: Sequence[JsonDataset]) -> bytes:
        """The lines."""
        return search_csv.table(self.columns, results)

    def end(self) -> bytes:
        """Nothing."""
        return b""


def writer_of(media_type: str, columns: Sequence[Path]) -> Writer:
    """The writer of this media type; `columns` are those of a table."""
    if media_type == DICOM_XML_PART:
        return XmlWriter()
    return CsvWriter(columns) if media_type == CSV else JsonWriter(media_type)


def written(writer: Writer, few: Iterable[Sequence[JsonDataset]]) -> Iterator[bytes]:
    """The whole body, as the results come."""
    yield writer.begin()
    for results in few:
        yield writer.some(results)
    yield writer.end()
