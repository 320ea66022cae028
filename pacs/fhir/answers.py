"""What every answer of this door has in common: its media types, and its errors as OperationOutcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, FormParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.mediatypes import media_type_matches
from rest_framework.views import APIView

from pacs.http.errors import answer_error

FHIR_JSON = "application/fhir+json"
FHIR_NDJSON = "application/fhir+ndjson"
NDJSON_NAMES = (FHIR_NDJSON, "application/ndjson", "application/x-ndjson", "ndjson")
# R4 IssueType, by the status that is answered; the rest is "processing".
ISSUES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    503: "transient",
}


class FhirJson(JSONRenderer):
    """JSON under its FHIR name."""

    media_type = FHIR_JSON
    format = "json"


class OneForm(BaseContentNegotiation):
    """JSON for everyone; lines of JSON are asked for by name (wants_lines), and no wish is refused."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The one of this body; none for a body that is no form."""
        return next(
            (one for one in parsers if media_type_matches(one.media_type, request.content_type)), None
        )

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The only one."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class FhirView(APIView):
    """A view of this door."""

    renderer_classes = [FhirJson]
    parser_classes = [FormParser]
    content_negotiation_class = OneForm
    schema = None  # FHIR tells of itself by /fhir/metadata

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """The table that all doors share, in FHIR's shape."""
        return _answer_in_fhir


def wants_lines(request: Request) -> bool:
    """Whether one resource a line is asked for, by _format or by Accept."""
    asked = request.query_params.get("_format", "") or request.headers.get("Accept", "")
    return asked.partition(";")[0].strip() in NDJSON_NAMES


def _answer_in_fhir(error: Exception, context: dict[str, Any]) -> Response | None:
    answer = answer_error(error, context)
    if answer is not None:
        told = answer.data["error"]
        reason = told["fields"].get("reason", "") if isinstance(told["fields"], dict) else ""
        parameter = told["fields"].get("parameter", "") if isinstance(told["fields"], dict) else ""
        words = [told["message"], parameter and f"{parameter}:", reason, f"(request {told['request_id']})"]
        issue = {
            "severity": "error",
            "code": ISSUES.get(answer.status_code, "processing"),
            "diagnostics": " ".join(word for word in words if word),
        }
        answer.data = {"resourceType": "OperationOutcome", "issue": [issue]}
    return answer
