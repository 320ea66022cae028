"""What nobody foresaw: told in the one shape of our API, and logged without a word of the request."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse, JsonResponse

from pacs.errors import BadRequest, LightboxError, places_of
from pacs.http.errors import new_request_id, problem

log = logging.getLogger(__name__)

API_PREFIXES = ("/api/", "/_allauth/", "/dicom-web/")
# A body of thousands of brackets, or with half a character: no library before us refuses those.
OF_THE_BODY = (RecursionError, UnicodeEncodeError)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: it is called while the error is at hand."""
    error, request_id = sys.exc_info()[1], new_request_id()
    is_api = request.path_info.startswith(API_PREFIXES)
    if is_api and isinstance(error, OF_THE_BODY):
        told = BadRequest(parameter="body", reason="nested too deep, or not text")
        return JsonResponse(problem(told, request_id), status=400)
    log.error("request %s failed: %s", request_id, places_of(error) if error else "")
    if is_api:
        return JsonResponse(problem(LightboxError(), request_id), status=500)
    words = f"Something went wrong on the server (request {request_id}).\n"
    return HttpResponse(words, status=500, content_type="text/plain")
