"""What STOW-RS answers: a status code (PS3.18 Table 10.5.3-1) and the Store Instances Response Module (Annex I)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any, TypeGuard

from pacs.dicomweb.native_xml import to_native_xml
from pacs.dicomweb.wado_metadata import DICOM_JSON, DICOM_XML, JSON
from pacs.errors import BadRequest, LightboxError, NotSignedIn, Overloaded, StorageFull
from pacs.http.answers import Answer
from pacs.http.errors import new_request_id, problem, status_of
from pacs.http.headers import Header
from pacs.ingest.receipts import GENERAL_FAILURE, Duplicate, Receipt, Rejected, Stored

BOUNDARY_BYTES = 20
OUT_OF_RESOURCES = 42752  # A700H, PS3.18 Table I.2-2
Attributes = dict[str, Any]

# The attributes of Table I.1-1, by tag.
REFERENCED_SOP_CLASS_UID = "00081150"
REFERENCED_SOP_INSTANCE_UID = "00081155"
RETRIEVE_URL = "00081190"
FAILURE_REASON = "00081197"
FAILED_SOP_SEQUENCE = "00081198"
REFERENCED_SOP_SEQUENCE = "00081199"
OTHER_FAILURES_SEQUENCE = "0008119A"


class Refusal(Exception):
    """The request as a whole cannot be taken, for a reason of HTTP's own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


Failure = LightboxError | Refusal
Outcome = Receipt | Failure


def answer_outcomes(outcomes: Sequence[Outcome], base_url: str, media_type: str) -> Answer:
    """200 when all is kept, 202 when some is, 409 when nothing is; another status where one error explains it all.

    The module is of this media type: DICOM JSON, or XML alone or as a part.
    """
    kept = [outcome for outcome in outcomes if isinstance(outcome, Stored | Duplicate)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, LightboxError | Refusal)]
    if not outcomes:
        return answer_failure(BadRequest(parameter="body", reason="there is no part in it"))
    if not kept and failures:
        return answer_failure(failures[-1])
    status = 409 if not kept else 200 if len(kept) == len(outcomes) else 202
    content_type, body = _written(_module(outcomes, kept, base_url), media_type)
    return Answer(status, body, content_type, _warnings(outcomes))


def _written(module: Attributes, media_type: str) -> tuple[str, bytes]:
    """Table 10.5.4-1."""
    if media_type in (DICOM_JSON, JSON):
        return media_type, json.dumps(module).encode()
    document = to_native_xml(dict(sorted(module.items())))
    if media_type == DICOM_XML:
        return DICOM_XML, document
    boundary = f"lightbox-{secrets.token_hex(BOUNDARY_BYTES)}"
    head = f"--{boundary}\r\nContent-Type: {DICOM_XML}\r\n\r\n".encode()
    return f"{media_type}; boundary={boundary}", head + document + f"\r\n--{boundary}--\r\n".encode()


def _warnings(outcomes: Sequence[Outcome]) -> tuple[Header, ...]:
    """Each reason once, in words, as 10.5.3.2 recommends: a number alone tells few people what to do."""
    told = {
        f"{outcome.reason.failure_reason:04X} Lightbox: {outcome.reason.message}": None
        for outcome in outcomes
        if isinstance(outcome, Rejected)
    }
    return ((b"warning", ", ".join(told).encode("latin-1", "replace")),) if told else ()


def answer_failure(failure: Failure) -> Answer:
    """The answer that tells this failure in the one shape of our API."""
    request_id = new_request_id()
    if isinstance(failure, Refusal):
        told = {"code": failure.code, "message": failure.message, "fields": {}, "request_id": request_id}
        return _json(failure.status, {"error": told})
    headers: list[Header] = []
    if isinstance(failure, Overloaded):
        headers.append((b"retry-after", str(failure.fields.get("retry_after_s", 1)).encode()))
    if isinstance(failure, NotSignedIn):
        headers.append((b"www-authenticate", b'Bearer realm="lightbox"'))
    return _json(status_of(failure), problem(failure, request_id), *headers)


def _json(status: int, told: dict[str, Any], *headers: Header) -> Answer:
    return Answer(status, json.dumps(told).encode(), "application/json", headers)


def _module(outcomes: Sequence[Outcome], kept: Sequence[Stored | Duplicate], base_url: str) -> Attributes:
    """Table I.1-1. What cannot be named is told in the Other Failures Sequence."""
    failed = [outcome for outcome in outcomes if not isinstance(outcome, Stored | Duplicate)]
    named = [one for one in failed if _is_named(one)]
    others = [one for one in failed if not _is_named(one)]
    studies = {one.study_instance_uid for one in kept}
    study_url = f"{base_url}/dicom-web/studies/{studies.pop()}" if len(studies) == 1 else None
    module: Attributes = {RETRIEVE_URL: _value("UR", study_url)}
    sequences = {
        FAILED_SOP_SEQUENCE: [{**_reference(one), **_reason(one)} for one in named],
        REFERENCED_SOP_SEQUENCE: [
            {**_reference(one), RETRIEVE_URL: _value("UR", _instance_url(one, base_url))} for one in kept
        ],
        OTHER_FAILURES_SEQUENCE: [_reason(one) for one in others],
    }
    return module | {tag: {"vr": "SQ", "Value": items} for tag, items in sequences.items() if items}


def _is_named(outcome: Outcome) -> TypeGuard[Rejected]:
    return isinstance(outcome, Rejected) and bool(outcome.sop_instance_uid and outcome.sop_class_uid)


def _reference(receipt: Receipt) -> Attributes:
    """The SOP Instance Reference Macro (PS3.3 Table 10-11)."""
    return {
        REFERENCED_SOP_CLASS_UID: _value("UI", receipt.sop_class_uid),
        REFERENCED_SOP_INSTANCE_UID: _value("UI", receipt.sop_instance_uid),
    }


def _reason(outcome: Outcome) -> Attributes:
    return {FAILURE_REASON: _value("US", failure_reason_of(outcome))}


def failure_reason_of(outcome: Outcome) -> int:
    """The code for (0008,1197), PS3.18 Table I.2-2."""
    if isinstance(outcome, Rejected):
        return outcome.reason.failure_reason
    return OUT_OF_RESOURCES if isinstance(outcome, StorageFull | Overloaded) else GENERAL_FAILURE


def _instance_url(receipt: Receipt, base_url: str) -> str:
    return (
        f"{base_url}/dicom-web/studies/{receipt.study_instance_uid}"
        f"/series/{receipt.series_instance_uid}/instances/{receipt.sop_instance_uid}"
    )


def _value(vr: str, value: str | int | None) -> Attributes:
    return {"vr": vr} if value is None else {"vr": vr, "Value": [value]}
