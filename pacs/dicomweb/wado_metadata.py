"""WADO-RS metadata (PS3.18 10.4.1.1.2): the headers of a study, series or instance, joined as they were kept.

They were made at ingest, so that nothing is parsed here. As JSON they go out as they come from the database, a few at
a time, so that a study of thousands of slices is never whole in memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence

import imagecodecs

from pacs.access.opened import note_opened
from pacs.catalog.headers import read_header
from pacs.catalog.kept_objects import KeptObject, kept_headers
from pacs.dicomweb.accept import Wish, wishes_of
from pacs.dicomweb.bulkdata_uris import addressed, with_addresses
from pacs.dicomweb.multipart_out import Part, boundary_of, multipart_pieces, part_head
from pacs.dicomweb.native_xml import to_native_xml
from pacs.dicomweb.not_acceptable import NotAcceptable
from pacs.dicomweb.retrieve_body import Made, body_of
from pacs.dicomweb.retrieve_reply import Outcome, Representation, etag_of, known_reply, reply_with
from pacs.dicomweb.wado_scope import accessed
from pacs.http.encodings import choose_encoding
from pacs.http.requests import DoorRequest

DICOM_JSON, JSON, DICOM_XML = "application/dicom+json", "application/json", "application/dicom+xml"
XML_IN_PARTS = f'multipart/related; type="{DICOM_XML}"'
AT_ONCE = 128
# A brotli stream is made in one piece here; what is longer than this is squeezed while it is sent.
MOST_FOR_BROTLI = 1024
BROTLI_LEVEL, GZIP_LEVEL = 4, 2
VARY = "Cookie, Authorization, Accept, Accept-Encoding"
Chunks = Iterator[bytes]


def get_metadata(request: DoorRequest) -> Outcome:
    """GET studies/{study}[/series/{series}[/instances/{instance}]]/metadata."""
    actor, study, objects = accessed(request)
    note_opened(actor, study)
    wishes = wishes_of(request.header(b"accept"), request.scope["query_string"])
    media_type = choose_media_type(wishes, is_single=len(objects) == 1)
    encoding = choose_encoding(request.header(b"accept-encoding"), ("br", "gzip"))
    if encoding == "br" and len(objects) > MOST_FOR_BROTLI:
        encoding = choose_encoding(request.header(b"accept-encoding"), ("gzip",))
    base = f"{request.origin()}/dicom-web"
    tag = etag_of("metadata", media_type, encoding, base, *(one.blob for one in objects))
    known = known_reply(request, tag, VARY)
    if known is not None:
        return known
    content_type, pieces = _written(media_type, objects, base, tag)
    headers = ((b"content-encoding", encoding.encode()),) if encoding else ()
    body = body_of([Made(lambda: _encoded(pieces(), encoding))])
    if len(objects) <= AT_ONCE:
        body = body_of([b"".join(_encoded(pieces(), encoding))])
    return reply_with(request, Representation(content_type, body, tag, VARY, headers))


def choose_media_type(wishes: Sequence[Wish], *, is_single: bool) -> str:
    """JSON, or XML: of several objects only in parts. Raises NotAcceptable."""
    for wish in (wish for wish in wishes if wish.q > 0):
        if wish.is_multipart and wish.covers(DICOM_XML):
            return XML_IN_PARTS
        if wish.is_multipart:
            continue
        for name in (DICOM_JSON, JSON, DICOM_XML):
            if wish.covers(name) and (name != DICOM_XML or is_single):
                return name
    raise NotAcceptable([DICOM_JSON, JSON, XML_IN_PARTS, *([DICOM_XML] if is_single else [])])


def _written(
    media_type: str, objects: Sequence[KeptObject], base: str, tag: str
) -> tuple[str, Callable[[], Chunks]]:
    """The Content-Type, and what writes the body."""
    if media_type in (DICOM_JSON, JSON):
        return media_type, lambda: _json(objects, base)
    if media_type == DICOM_XML:
        return media_type, lambda: _xml(objects, base)
    boundary = boundary_of(tag)
    return f"{media_type}; boundary={boundary}", lambda: _xml_parts(objects, base, boundary)


def _json(objects: Sequence[KeptObject], base: str) -> Chunks:
    before = b"["
    for few in _few(objects):
        told = (with_addresses(zlib.decompress(kept), base + one.path) for one, kept in few)
        yield before + b",".join(told)
        before = b","
    yield b"[]" if before == b"[" else b"]"


def _xml(objects: Sequence[KeptObject], base: str) -> Chunks:
    for few in _few(objects):
        yield from (_document(one, kept, base) for one, kept in few)


def _xml_parts(objects: Sequence[KeptObject], base: str, boundary: str) -> Chunks:
    parts = (
        Part(part_head(DICOM_XML, f"{base}{one.path}/metadata"), (_document(one, kept, base),))
        for few in _few(objects)
        for one, kept in few
    )
    yield from (piece for piece in multipart_pieces(parts, boundary) if isinstance(piece, bytes))


def _document(one: KeptObject, kept: bytes, base: str) -> bytes:
    return to_native_xml(addressed(read_header(kept), base + one.path))


def _few(objects: Sequence[KeptObject]) -> Iterator[list[tuple[KeptObject, bytes]]]:
    """Objects with their headers, a few at a time; what went since they were listed is left out."""
    for begin in range(0, len(objects), AT_ONCE):
        few = objects[begin : begin + AT_ONCE]
        headers = kept_headers(few)
        found = [(one, headers[one.pk]) for one in few if one.pk in headers]
        if found:
            yield found


def _encoded(chunks: Chunks, encoding: str) -> Chunks:
    if encoding == "br":
        yield bytes(imagecodecs.brotli_encode(b"".join(chunks), level=BROTLI_LEVEL))
    elif encoding == "gzip":
        squeezer = zlib.compressobj(GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)
        for chunk in chunks:
            yield squeezer.compress(chunk)
        yield squeezer.flush()
    else:
        yield from chunks
