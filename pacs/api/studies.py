"""The studies that are open to the person: searched as they type, a page at a time, newest first."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access.listing import studies_listed
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require
from pacs.access.searches import note_search
from pacs.catalog.names import name_groups
from pacs.catalog.search import Place, StudyFilter, parse_place, place_of
from pacs.errors import BadRequest
from pacs.uids import parse_uid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacs.catalog.models import Study

DEFAULT_LIMIT = 50
MOST_STUDIES = 200
LONGEST_SEARCH = 256
_MODALITY = re.compile(r"[A-Z0-9_ ]{1,16}")


class StudiesView(APIView):
    """GET api/studies?search=&modality=CT,MR&from=&to=&cursor=&limit=&uids=."""

    queries = {"GET": ("search", "modality", "from", "to", "cursor", "limit", "uids")}

    def get(self, request: Request) -> Response:
        """One page; `next` leads to the one after it."""
        actor, given = actor_of(request), request.query_params
        require(actor, Act.LIST)
        asked, limit, after = parse_filter(given), parse_limit(given), parse_cursor(given)
        note_search(actor, "studies", _filters_told(given), asked.search)
        listed = studies_listed(actor, asked, after, limit + 1)
        page = _to_page(listed.studies, limit, is_first=after is None)
        return Response(page | {"arrival": listed.arrival})


def parse_filter(given: Mapping[str, str]) -> StudyFilter:
    """What the list is narrowed by. Raises BadRequest."""
    return StudyFilter(
        search=given.get("search", "")[:LONGEST_SEARCH],
        modalities=tuple(_modality(one) for one in _listed(given.get("modality", ""))),
        begin=_date(given, "from"),
        end=_date(given, "to"),
        uids=_uids(given.get("uids", "")),
    )


def parse_limit(given: Mapping[str, str]) -> int:
    """How many studies a page holds. Raises BadRequest."""
    text = given.get("limit", "") or str(DEFAULT_LIMIT)
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise BadRequest(parameter="limit", reason="This is not a number of studies.")
    return min(int(text), MOST_STUDIES)


def parse_cursor(given: Mapping[str, str]) -> Place | None:
    """Where the page begins. Raises BadRequest."""
    text = given.get("cursor", "")
    return parse_place(text) if text else None


def _listed(text: str) -> list[str]:
    return [one for one in text.split(",") if one]


def _modality(text: str) -> str:
    if _MODALITY.fullmatch(text) is None:
        raise BadRequest(parameter="modality", reason="This is not a modality.")
    return text


def _date(given: Mapping[str, str], parameter: str) -> date | None:
    text = given.get(parameter, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadRequest(parameter=parameter, reason="This is not a date (YYYY-MM-DD).") from None


def _uids(text: str) -> tuple[str, ...]:
    uids = tuple(parse_uid(one, "uids") for one in _listed(text))
    if len(uids) > MOST_STUDIES:
        raise BadRequest(parameter="uids", reason=f"At most {MOST_STUDIES} at once.")
    return uids


def _filters_told(given: Mapping[str, str]) -> dict[str, str]:
    """What makes a search another one. Rows that the socket announced are asked for by UID: one by one, one search."""
    told = {name: given[name] for name in ("modality", "from", "to") if given.get(name)}
    return told | ({"uids": ""} if given.get("uids") else {})


def _to_page(found: list[Study], limit: int, *, is_first: bool) -> dict[str, Any]:
    page = found[:limit]
    is_last = len(found) <= limit
    return {
        "studies": [to_row(study) for study in page],
        "next": None if is_last else str(place_of(page[-1])),
        # Told where it costs nothing: a list that fits on its first page.
        "total": len(page) if is_first and is_last else None,
    }


def to_row(study: Study) -> dict[str, Any]:
    """A study as the app's list shows it. It comes with its patient."""
    patient = study.patient
    return {
        "uid": study.study_instance_uid,
        "patient": {
            "name": name_groups(patient.name),
            "id": patient.patient_id,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "sex": patient.sex,
            "age": study.patient_age,
        },
        "date": study.study_date.isoformat() if study.study_date else None,
        "time": study.study_time.strftime("%H:%M:%S") if study.study_time else None,
        "description": study.study_description,
        "accession_number": study.accession_number,
        "modalities": [modality for modality in study.modalities_in_study.split("\\") if modality],
        "number_of_series": study.number_of_series,
        "number_of_instances": study.number_of_instances,
        "referring_physician": name_groups(study.referring_physician_name)["alphabetic"],
        "institution": study.institution_name,
        "received_at": study.received_at.isoformat(),
        # Another address when the study has changed: its picture may be another then.
        "thumbnail": f"/view/studies/{study.study_instance_uid}/thumbnail?v={study.arrival}",
    }
