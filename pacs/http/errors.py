"""The one table from our errors to HTTP, and the one shape in which every API of ours tells them."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from pacs import errors

log = logging.getLogger(__name__)

STATUS: dict[type[errors.LightboxError], int] = {
    errors.BadRequest: 400,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    # Not 401, as RFC 9470 has it: to the app that is the end of the session.
    errors.NotFresh: 403,
    errors.WrongAnswer: 403,
    errors.NotFound: 404,
    errors.TooSlow: 408,
    errors.Conflict: 409,
    errors.Outdated: 410,
    errors.TooLarge: 413,
    errors.SandboxRefused: 422,
    errors.SandboxKilled: 422,
    errors.Overloaded: 503,
    errors.StorageFull: 507,
}
MESSAGES: dict[str, str] = {
    "bad_request": "The request could not be understood.",
    "not_signed_in": "Sign in to continue.",
    "not_allowed": "Your account is not allowed to do this.",
    "not_fresh": "Confirm that it is you to do this.",
    "wrong_answer": "That is not right.",
    "not_found": "This does not exist, or you have no access to it.",
    "conflict": "This does not fit what is already here.",
    "outdated": "This is of another time: begin anew.",
    "too_large": "This is larger than the server accepts.",
    "film_too_large": "This is too long or too large for one film. Ask for it smaller (viewport), or for its frames.",
    "too_slow": "What was announced did not come in time.",
    "sandbox_refused": "The file could not be read.",
    "sandbox_killed": "The file could not be read in time.",
    "overloaded": "The server is busy. It will be tried again.",
    "storage_full": "The server has no room left. Nothing that was confirmed is lost.",
    "error": "Something went wrong on the server.",
}


def status_of(error: errors.LightboxError) -> int:
    """The HTTP status that tells this error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(error: errors.LightboxError, request_id: str) -> dict[str, Any]:
    """The error as our JSON shape."""
    message = MESSAGES.get(error.code, MESSAGES["error"])
    return {
        "error": {"code": error.code, "message": message, "fields": error.fields, "request_id": request_id}
    }


def new_request_id() -> str:
    """A short name for one request, to be quoted by whoever reports it; it holds nothing of it."""
    return secrets.token_hex(6)


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: our errors by the table, its own in the same shape."""
    request_id = new_request_id()
    if isinstance(error, errors.LightboxError):
        answer = Response(problem(error, request_id), status=status_of(error))
        if isinstance(error, errors.Overloaded):
            answer["Retry-After"] = str(error.fields.get("retry_after_s", 1))
        return answer
    if isinstance(error, Http404):
        return Response(problem(errors.NotFound(), request_id), status=404)
    answered = exception_handler(error, context)
    if answered is not None:
        answered.data = {"error": _of_framework(error, request_id)}
    return answered


def _of_framework(error: Exception, request_id: str) -> dict[str, Any]:
    detail = error.detail if isinstance(error, exceptions.APIException) else None
    message = str(detail) if isinstance(detail, str) else MESSAGES["bad_request"]
    fields = detail if isinstance(detail, dict) else {}
    return {
        "code": getattr(error, "default_code", "error"),
        "message": message,
        "fields": fields,
        "request_id": request_id,
    }
