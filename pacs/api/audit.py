"""The audit trail for the app: for administrators all of it, for patients who saw what is theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.audit import record
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.access.searches import note_search
from pacs.access.trail import Asked, Names, names_in, page, patients_called, seen_of_own
from pacs.access.trail_checks import begin_check, check_under_way, last_verdict
from pacs.api.people import Administers
from pacs.catalog.names import name_groups
from pacs.errors import BadRequest
from pacs.trail.meanings import MEANINGS
from pacs.uids import parse_uid

if TYPE_CHECKING:
    from pacs.access.models import AuditEvent

DEFAULT_LIMIT, MOST_EVENTS = 50, 200
MOST_BREAKS_TOLD = 100
OUTCOMES = ("ok", "refused")
LAST_DAY = datetime(9999, 12, 30, tzinfo=UTC)  # there is a day behind it


class AuditView(APIView):
    """GET api/audit?person=&patient=&study=&action=&outcome=&from=&to=&cursor=&limit=."""

    permission_classes = [Administers]
    queries = {"GET": ("person", "patient", "study", "action", "outcome", "from", "to", "cursor", "limit")}

    def get(self, request: Request) -> Response:
        """One page, the newest first; `next` leads to the one after it."""
        given = request.query_params
        asked, limit, after = parse_asked(given), parse_limit(given), parse_cursor(given)
        note_search(actor_of(request), "audit", _filters_told(given))
        found = page(asked, limit + 1, after)
        names = names_in(found[:limit])
        return Response(
            {
                "events": [to_row(event, names) for event in found[:limit]],
                "next": str(found[limit - 1].pk) if len(found) > limit else None,
                "actions": sorted(MEANINGS),
            }
        )


class AuditCheckView(APIView):
    """GET, POST api/audit/check."""

    permission_classes = [Administers]

    def get(self, request: Request) -> Response:
        """What the last check of the chain found, and how far one is that is under way."""
        return Response(_check_told())

    def post(self, request: Request) -> Response:
        """Check all of it, in the background: ask GET how far it is."""
        record(actor_of(request), "audit verified")
        begin_check()
        return Response(_check_told(), status=202)


class SeenView(APIView):
    """GET api/my-images/seen?cursor=&limit=."""

    queries = {"GET": ("cursor", "limit")}

    def get(self, request: Request) -> Response:
        """Who looked at the studies that are the person's own, the newest first; nothing of anybody else's."""
        actor, given = actor_of(request), request.query_params
        require(actor, Act.LIST)
        limit, after = parse_limit(given), parse_cursor(given)
        note_search(actor, "own audit", {})
        found = seen_of_own(actor, limit + 1, after)
        names = names_in(found[:limit])
        return Response(
            {
                "events": [_seen(event, names, actor.user_id) for event in found[:limit]],
                "next": str(found[limit - 1].pk) if len(found) > limit else None,
            }
        )


def parse_asked(given: Mapping[str, str]) -> Asked:
    """What the list is narrowed by. Raises BadRequest."""
    patient_id, study, outcome = given.get("patient", ""), given.get("study", ""), given.get("outcome", "")
    if outcome and outcome not in OUTCOMES:
        raise BadRequest(parameter="outcome", reason="This is neither ok nor refused.")
    action = given.get("action", "")[:64]
    until = _day(given, "to")
    return Asked(
        since=_day(given, "from"),
        until=until + timedelta(days=1) if until else None,
        agent=given.get("person", "")[:150],
        patients=patients_called(patient_id[:64]) if patient_id else None,
        study=parse_uid(study, "study") if study else "",
        actions=frozenset({action}) if action else None,
        outcomes=frozenset({outcome}) if outcome else None,
    )


def parse_limit(given: Mapping[str, str]) -> int:
    """How many events a page holds. Raises BadRequest."""
    return max(1, min(_number(given, "limit") or DEFAULT_LIMIT, MOST_EVENTS))


def parse_cursor(given: Mapping[str, str]) -> int | None:
    """Behind which event the page begins. Raises BadRequest."""
    return _number(given, "cursor")


def _number(given: Mapping[str, str], parameter: str) -> int | None:
    text = given.get(parameter, "")
    if text and not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadRequest(parameter=parameter, reason="This is not a number.")
    return int(text) if text else None


def _day(given: Mapping[str, str], parameter: str) -> datetime | None:
    text = given.get(parameter, "")
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        return min(day, LAST_DAY)
    except ValueError:
        raise BadRequest(parameter=parameter, reason="This is not a date (YYYY-MM-DD).") from None


def _filters_told(given: Mapping[str, str]) -> dict[str, str]:
    return {
        name: given[name]
        for name in AuditView.queries["GET"]
        if given.get(name) and name not in ("cursor", "limit")
    }


def to_row(event: AuditEvent, names: Names) -> dict[str, Any]:
    """An event as administrators are told it."""
    patient = names.patients.get(event.patient_pk or 0)
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "kind": event.actor_kind,
        "account": event.actor_label,
        "name": names.people.get(event.actor_user_id or 0, event.actor_label),
        "role": event.actor_role,
        "means": event.means,
        "api_key": event.api_key,
        "address": event.address,
        "action": event.action,
        "outcome": event.outcome,
        "study": _study(event, names),
        "patient": {"id": patient.patient_id, "name": name_groups(patient.name)} if patient else None,
        "details": {name: str(value) for name, value in event.details.items() if value not in (None, "")},
    }


def _study(event: AuditEvent, names: Names) -> dict[str, Any] | None:
    uid = event.study_instance_uid
    if not uid:
        return None
    study = names.studies.get(uid)
    return {
        "uid": uid,
        "is_here": study is not None,
        "description": study.study_description if study else "",
        "date": study.study_date.isoformat() if study and study.study_date else None,
        "modalities": [one for one in study.modalities_in_study.split("\\") if one] if study else [],
    }


def _seen(event: AuditEvent, names: Names, own: int | None) -> dict[str, Any]:
    """An event as the patient is told it: no account names, no addresses."""
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "is_self": event.actor_user_id is not None and event.actor_user_id == own,
        "kind": event.actor_kind,
        "name": names.people.get(event.actor_user_id or 0, ""),
        "role": event.actor_role,
        "action": event.action,
        "study": _study(event, names),
    }


def _check_told() -> dict[str, Any]:
    under_way, last = check_under_way(), last_verdict()
    return {
        "under_way": {"checked": under_way.checked, "events": under_way.events} if under_way else None,
        "last": None
        if last is None
        else {
            "checked_at": last.checked_at.isoformat(),
            "events": last.events,
            "is_whole": last.is_whole,
            "is_cut": last.is_cut,
            "is_guarded": last.is_guarded,
            "last_hash": last.last_hash,
            "breaks": [{"event": one.event, "what": one.what} for one in last.breaks[:MOST_BREAKS_TOLD]],
        },
    }
