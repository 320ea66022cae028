"""QIDO-RS (PS3.18 10.6): studies, series and instances that are open to the actor, by the standard's keys.

No match is an empty list with status 200, as RFC 9110 has it and PS3.18 had it before 2019 (and again by CP-2473).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from pacs.access.middleware import actor_of
from pacs.access.opened import note_opened
from pacs.access.permit import (
    Act,
    access_series,
    access_study,
    refuse,
    require,
    searched_rows,
    visible_studies,
)
from pacs.access.searches import note_search
from pacs.catalog.found import ROWS_AT_ONCE, UNIQUE_KEY, Found, Page, find
from pacs.catalog.levels import Level
from pacs.dicomweb.offered import TRANSACTIONS
from pacs.dicomweb.qido_query import Asked, parse_search
from pacs.dicomweb.qido_rows import Telling, reads_headers, results, telling
from pacs.dicomweb.search_media import DICOM_XML_PART, NotAcceptable, choose_media_type, writer_of, written
from pacs.http.errors import new_request_id
from pacs.http.requests import origin_of

if TYPE_CHECKING:
    from pacs.access.actors import Actor

SUBJECTS = {Level.STUDY: "studies", Level.SERIES: "series", Level.INSTANCE: "instances"}
VARY = "Accept, Cookie, Authorization"


class _Ours(BaseContentNegotiation):
    """The media type is chosen by the search itself; errors are JSON, whatever is acceptable."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """There is no body."""
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """JSON."""
        return renderers[0], renderers[0].media_type


@dataclass(frozen=True)
class _Search:
    """A search that was permitted, understood and written down; nothing was looked for yet."""

    actor: Actor
    level: Level
    above: Level
    asked: Asked
    found: Found


class OwnMediaTypes(APIView):
    """A view that chooses the media type of its answer itself."""

    renderer_classes = [JSONRenderer]
    content_negotiation_class = _Ours


class SearchView(OwnMediaTypes):
    """A search of one level: GET studies, series, instances, or those that a path names."""

    level = Level.STUDY

    def options(self, request: Request, **_: str) -> HttpResponseBase:  # type: ignore[override]  # no page of the framework
        """What may be asked of this resource, at whichever door."""
        route = request.resolver_match.route if request.resolver_match else ""
        rows = [row for row in TRANSACTIONS if f"dicom-web/{row.django_route()}" == route]
        self.headers["Allow"] = ", ".join(["HEAD", "OPTIONS", *(row.method for row in rows)])
        return JsonResponse({"transactions": [row.told() for row in rows]})

    def get(self, request: Request, study: str = "", series: str = "") -> HttpResponseBase:
        """The rows that match, of everything, of one study or of one series."""
        query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
        media_type = choose_media_type(request.headers.get("Accept", ""), query)
        search = _begin(request, self.level, study, series)
        base = f"{origin_of(request._request)}/dicom-web"
        told = telling(search.level, search.above, search.asked, base, visible_studies(search.actor))
        if search.asked.after:
            search.found.behind(search.asked.after)
        page = search.found.page(search.asked.offset, search.asked.limit)
        _note_opened(search, page, told)
        warnings = [f"299 {base}: {one}" for one in search.asked.warnings]
        if page.remaining:
            warnings.append(
                f"299 {base}: There are {page.remaining} additional results that can be requested"
            )
        answer = _answer(search.found, page, told, media_type, warnings)
        if page.remaining and page.pks:
            answer["Link"] = f'<{_next_page(request, search, page)}>; rel="next"'
        return answer

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]  # may stream
        """The error in our shape; what could be had, where nothing of what is acceptable can."""
        if not isinstance(exc, NotAcceptable):
            return super().handle_exception(exc)
        return JsonResponse(_not_acceptable(exc), status=406)


class CountView(SearchView):
    """How many rows match."""

    def get(self, request: Request, study: str = "", series: str = "") -> HttpResponseBase:
        """{"count": n}."""
        search = _begin(request, self.level, study, series)
        return JsonResponse({"count": search.found.count()})


def _begin(request: Request, level: Level, study: str, series: str) -> _Search:
    actor = actor_of(request)
    require(actor, Act.SEARCH)
    scope = require_named(actor, study, series)
    asked = parse_search(request.query_params, level, scope)
    rows, few = searched_rows(actor, level)
    found = find(level, rows, asked.keys, asked.included, asked.rules, few=few)
    note_search(actor, SUBJECTS[level], asked.keys)
    return _Search(actor, level, Level(len(scope)), asked, found)


def require_named(actor: Actor, study: str, series: str = "") -> dict[str, str]:
    """The keys that the path sets. Raises NotFound where it names what is not open to the actor, or not there."""
    if series:
        found = access_series(actor, series)
        if found.study.study_instance_uid != study:
            refuse(actor, study=study, series=series)
        return {"StudyInstanceUID": study, "SeriesInstanceUID": series}
    if study:
        access_study(actor, study)
        return {"StudyInstanceUID": study}
    return {}


def _note_opened(search: _Search, page: Page, told: Telling) -> None:
    """Instances with their headers are as much as WADO-RS metadata tells: their studies are opened."""
    if search.level is Level.INSTANCE and reads_headers(search.found, told):
        in_hand = {row.series.study_id: row.series.study for row in page.rows or ()}
        note_opened(search.actor, *(in_hand.values() or search.found.studies_of(page.pks)))


def _next_page(request: Request, search: _Search, page: Page) -> str:
    """The address of what comes behind the last result, whatever has arrived by then."""
    (last,) = (page.rows or search.found.rows_of(page.pks[-1:]))[-1:]
    query = request.GET.copy()
    query.pop("offset", None)
    query["after"] = getattr(last, UNIQUE_KEY[search.level])
    return f"{origin_of(request._request)}{request.path}?{query.urlencode()}"


def _answer(
    found: Found, page: Page, told: Telling, media_type: str, warnings: list[str]
) -> HttpResponseBase:
    answer: HttpResponseBase
    writer = writer_of(media_type, told.table)
    chunks = written(writer, results(found, page, told))
    if not page.pks and media_type == DICOM_XML_PART:
        answer = HttpResponse(status=204)
    elif len(page.pks) <= ROWS_AT_ONCE:
        answer = HttpResponse(b"".join(chunks), content_type=writer.content_type)
    else:
        answer = StreamingHttpResponse(_streamed(chunks), content_type=writer.content_type)
    if warnings:
        answer["Warning"] = ", ".join(warnings)
    answer["Vary"] = VARY
    return answer


async def _streamed(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """As they come, each made in a thread."""
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def _next(chunks: Iterator[bytes]) -> bytes | None:
    return next(chunks, None)


def _not_acceptable(error: NotAcceptable) -> dict[str, Any]:
    message = "None of the media types that you accept can be given."
    told = {"code": error.code, "message": message, "fields": error.fields, "request_id": new_request_id()}
    return {"error": told}
