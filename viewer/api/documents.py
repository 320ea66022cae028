"""What is read rather than looked at, as /rendered gives it (PS3.18 8.7.4): reports, and documents in an envelope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NoReturn

from pacs.catalog.headers import JsonDataset, read_header
from pacs.catalog.kept_objects import kept_headers, kept_object
from pacs.dicomweb.bulkdata_type import DOCUMENT
from pacs.dicomweb.bulkdata_uris import addressed
from pacs.dicomweb.native_xml import to_native_xml
from pacs.dicomweb.retrieve_body import body_of, read_pieces
from pacs.dicomweb.retrieve_reply import Reply, Representation, etag_of, known_reply, reply_with
from pacs.dicomweb.wado_bulkdata import Value, type_of_value, value_at
from pacs.errors import NotFound
from pacs.http.answers import Answer
from pacs.http.headers import Header, framed_by_us
from pacs.http.requests import DoorRequest
from pacs.storage.keys import BlobKey
from viewer.api.answers import Later
from viewer.api.media import NotAcceptable, choose
from viewer.documents.as_html import CONTENT_POLICY, to_html
from viewer.documents.as_text import to_text
from viewer.documents.content import read_report
from viewer.rendering.kinds import Kind

if TYPE_CHECKING:
    from pacs.catalog.models import Instance

FORM = 1  # of what is written: raise it when the same report comes out otherwise
HTML, TEXT, XML, PDF = "text/html", "text/plain", "text/xml", "application/pdf"
REPORT_TYPES = (HTML, TEXT, XML)
PDF_TYPES = (PDF,)
# It is saved, or shown by what the system has for it, and never runs within our pages.
AS_A_FILE: Header = (b"content-disposition", b'attachment; filename="document.pdf"')
NO_PDF = (
    "What this object holds is no PDF. It can be had as it is: the object as application/dicom, what it holds as "
    "application/octet-stream from its …/bulkdata/00420011."
)
NOT_RENDERED = (
    "There is no rendered form of this kind of object. It can be had as it is: as application/dicom from its own "
    "address, its header as application/dicom+json from …/metadata."
)
# Of a header, and the address of its instance.
WRITERS: dict[str, Callable[[JsonDataset, str], bytes]] = {
    HTML: lambda header, url: to_html(read_report(header)),
    TEXT: lambda header, url: to_text(read_report(header)),
    XML: lambda header, url: to_native_xml(addressed(header, url)),
}


def answer_report(request: DoorRequest, instance: Instance, accept: str) -> Reply | Answer:
    """The report as a page, as plain text or as the Native DICOM Model. Raises NotAcceptable, NotFound."""
    media_type = choose(accept, REPORT_TYPES)
    tag = etag_of("report", FORM, instance.blob, media_type)
    known = known_reply(request, tag)
    if known is not None:
        return known
    url = f"{request.origin()}/dicom-web{kept_object(instance).path}"
    body = body_of([written_report(instance, media_type, url)])
    headers = framed_by_us(CONTENT_POLICY) if media_type == HTML else ()
    told = Representation(with_charset(media_type), body, tag, headers=headers)
    return reply_with(request, told)


def pieces_of_pdf(instance: Instance) -> Iterator[bytes]:
    """The PDF of this instance, one bounded read after another. Raises NotAcceptable, NotFound."""
    value = value_at(BlobKey(instance.blob), (DOCUMENT,))
    _require_pdf(value)
    return read_pieces(value.pieces)


def _require_pdf(value: Value) -> None:
    if type_of_value(value, (DOCUMENT,)) != PDF:
        raise NotAcceptable((), NO_PDF)


def with_charset(media_type: str) -> str:
    """The Content-Type of a text of ours."""
    return f"{media_type}; charset=utf-8"


def refuse_to_render(kind: Kind) -> NoReturn:
    """Raises NotAcceptable, which tells how else it can be had."""
    raise NotAcceptable((), NO_PDF if kind is Kind.ENCAPSULATED else NOT_RENDERED)


def written_report(instance: Instance, media_type: str, url: str) -> bytes:
    """The report of the instance at this address in this type, in UTF-8. Raises NotFound."""
    kept = kept_headers([kept_object(instance)]).get(instance.pk)
    if kept is None:
        raise NotFound
    return WRITERS[media_type](read_header(kept), url)


def answer_encapsulated(request: DoorRequest, instance: Instance, accept: str) -> Later[Value]:
    """A PDF as it is, if its own bytes say that it is one (promise P12). Raises NotAcceptable for all else."""
    choose(accept, PDF_TYPES)
    blob = BlobKey(instance.blob)
    place = (DOCUMENT,)

    def answer(value: Value) -> Reply | Answer:
        _require_pdf(value)
        tag = etag_of("document", instance.blob, PDF)
        known = known_reply(request, tag)
        if known is not None:
            return known
        return reply_with(request, Representation(PDF, body_of(value.pieces), tag, headers=(AS_A_FILE,)))

    return Later((blob, place), lambda: value_at(blob, place), answer)
