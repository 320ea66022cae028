"""Promise P17, route by route: which action each leaves in the trail, or why it leaves none.

A route of the access matrix without a row here fails, and so does one that leaves something else. Each is asked once
by somebody who may, with a request that works.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache

from pacs.access import link_opening, opened, searches
from pacs.access.models import AuditEvent
from pacs.trail.meanings import MEANINGS
from tests import people
from tests.pacs.access.answers import Row
from tests.pacs.access.matrix import MATRIX
from tests.pacs.access.test_matrix import ask, shown_by, uids  # noqa: F401  # a fixture

OPENED, SMALL = "study opened", "thumbnail seen"
TELLS_NOTHING = "none, because nothing of a patient and of nobody's account is in it"
OF_THE_ONE = "none, because it tells people of themselves only"
SIGNING_IN = "none, because only a step that works or fails is an act: tests.pacs.access.test_sign_in"
OWN_UPLOAD = "none, because it is the sender's own: each object that comes in by it is written down"
EXPORTED = "none, because the zip is written down when it leaves: tests.pacs.api.test_deidentified"
NONE_TO_CLOSE = "none, because there is none of that number: tests.pacs.api.test_grants"
CLOSED = "none, because it is closed"
ADMIN = "none, because Django's admin writes what it changes: tests.pacs.access.test_commands_and_admin"
LIVE = "none, because what it tells of was searched for before: tests.viewer.streaming"

# By route, or by method and route where they differ.
LEAVES: dict[str, str] = {
    "healthz": TELLS_NOTHING,
    "readyz": TELLS_NOTHING,
    "": TELLS_NOTHING,
    "<path:route>": TELLS_NOTHING,
    "api/session": OF_THE_ONE,
    "api/step-up": OF_THE_ONE,
    "api/session/presence": OF_THE_ONE,
    "api/sso": "none, because no service is set up: tests.pacs.access.test_single_sign_on",
    "sso/callback": "none, because no service is set up: tests.pacs.access.test_single_sign_on",
    "api/session/lock": "session locked",
    "api/openapi.json": TELLS_NOTHING,
    "api/setup": "none, because the guess is refused; the right link writes: tests.pacs.api.test_setup",
    "GET api/keys": "accounts read",
    "POST api/keys": "none, because it asks first who is acting: tests.pacs.api.test_keys",
    "api/keys/<int:number>": "none, because there is no such key: tests.pacs.api.test_keys",
    "GET api/people": "accounts read",
    "POST api/people": "none, because it asks first who is acting: tests.pacs.api.test_people",
    "GET api/people/<str:username>": "accounts read",
    "PATCH api/people/<str:username>": "none, because it asks first who is acting: tests.pacs.api.test_people",
    "POST api/people/<str:username>/ties": "patient tied",
    "DELETE api/people/<str:username>/ties": "patient untied",
    "api/people/<str:username>/grants": "study granted",
    "api/people/<str:username>/grants/<str:study>": "grant revoked",
    "api/people/<str:username>/sees": "access explained",
    "api/people/<str:username>/sees/<str:study>": "access explained",
    "GET api/grants": "accounts read",
    "POST api/grants": "studies granted",
    "api/grants/<int:number>": NONE_TO_CLOSE,
    "api/roles": "accounts read",
    "api/roles/<str:role>": "none, because it asks first who is acting: tests.pacs.access.test_roles",
    "GET api/institutions": "accounts read",
    "POST api/institutions": "institution changed",
    "api/institutions/<int:number>": NONE_TO_CLOSE,
    "api/institutions/<int:number>/studies": "study moved",
    "GET api/groups": "accounts read",
    "POST api/groups": "group changed",
    "api/groups/<int:number>": NONE_TO_CLOSE,
    "admin/": ADMIN,
    # Of what is not there: what deleting, restoring and erasing write is asked for in tests.pacs.bin.
    "dicom-web/studies/<str:study>": "refused",
    "dicom-web/studies/<str:study>/series/<str:series>": "refused",
    "dicom-web/studies/<str:study>/series/<str:series>/instances/<str:instance>": "refused",
    "GET api/break-glass": "glass breaks read",
    "POST api/break-glass": "refused",  # an administrator, to whom everything is open
    "api/break-glass/search": "refused",
    "api/break-glass/<int:number>": "none, because nothing was found: tests.pacs.access.test_breaking_glass",
    "GET api/bin": "bin read",
    "POST api/bin": "refused",
    "GET api/bin/<int:number>": "refused",
    "DELETE api/bin/<int:number>": "none, because it asks first who is acting: tests.pacs.api.test_bin",
    "api/bin/<int:number>/restore": "refused",
    "api/audit": "audit searched",
    "GET api/audit/check": "none, because it tells of the chain and of no event",
    "POST api/audit/check": "audit verified",
    "api/my-images/seen": "own audit searched",
    "fhir/metadata": TELLS_NOTHING,
    "fhir/AuditEvent": "audit searched",
    "fhir/AuditEvent/_search": "none, because a body that is no form asks nothing: tests.pacs.fhir asks by one",
    "fhir/AuditEvent/<str:number>": "audit read",
    "GET api/shares": OF_THE_ONE,
    "POST api/shares": "none, because an empty form shares nothing: tests.pacs.access.test_share_links",
    "DELETE api/shares": "none, because there is no link to end: tests.pacs.access.test_share_links",
    "api/shares/<str:public_id>": "refused",  # one that is not there, or another's
    "api/notices": OF_THE_ONE,
    "api/upload-links": "none, because an empty form makes no link: tests.pacs.api.test_received",
    "api/received": "received read",
    "api/received/<int:number>": "refused",  # one that is not there
    "api/received/<int:number>/match": "refused",
    "api/shares/<str:public_id>/health-link": "refused",
    "api/shl/<str:token>": "link refused",
    "api/shl/files/<str:ticket>": "none, because the manifest that names it was written down: tests.pacs.health_links",
    "api/links/look": "link refused",
    "api/links/open": "link refused",
    "api/links/code": "link refused",
    "api/links/stay": "none, because only a guest leaves, and what they opened is written down",
    "door priors": "priors searched",
    "door study_thumbnail": SMALL,
    "door series_thumbnail": SMALL,
    "door dicomweb_study_thumbnail": SMALL,
    "door dicomweb_series_thumbnail": SMALL,
    "api/studies": "studies searched",
    "GET api/studies/<str:study>/deidentified": OPENED,
    "POST api/studies/<str:study>/deidentified": EXPORTED,
    "api/deidentified/<str:ticket>": EXPORTED,
    "dicom-web/": TELLS_NOTHING,
    "dicom-web": TELLS_NOTHING,
    "dicom-web/changes": "changes searched",
    "dicom-web/studies": "studies searched",
    "dicom-web/series": "series searched",
    "dicom-web/instances": "instances searched",
    "dicom-web/studies/<str:study>/series": "series searched",
    "dicom-web/studies/<str:study>/instances": "instances searched",
    "dicom-web/studies/<str:study>/series/<str:series>/instances": "instances searched",
    "dicom-web/studies/count": "studies searched",
    "dicom-web/series/count": "series searched",
    "dicom-web/instances/count": "instances searched",
    "dicom-web/studies/<str:study>/series/count": "series searched",
    "dicom-web/studies/<str:study>/instances/count": "instances searched",
    "dicom-web/studies/<str:study>/series/<str:series>/instances/count": "instances searched",
    "stow": "none, because nothing was in it; objects are written down: tests.pacs.dicomweb.test_stow",
    "socket /ws/worklist": LIVE,
    "socket /ws/viewing": LIVE,
}
PREFIXES = {
    "_allauth/browser/v1/": SIGNING_IN,
    "api/uploads/": "refused",  # one that is not there, or another's
    "api/uploads": OWN_UPLOAD,
    "door ": OPENED,
    "retrieve ": OPENED,
}
# Requests that work, in the place of the matrix's, which change nothing.
WORKING: dict[str, tuple[str, Any]] = {
    "POST api/people/<str:username>/ties": ("POST /api/people/paul/ties", {"patient_id": "PIA"}),
    "DELETE api/people/<str:username>/ties": ("DELETE /api/people/pia/ties", {"patient_id": "PIA"}),
    "api/people/<str:username>/grants": ("POST /api/people/charlie/grants", {"study": "1.2.3"}),
    "api/people/<str:username>/grants/<str:study>": ("DELETE /api/people/bob/grants/1.2.9", None),
    "POST api/grants": ("POST /api/grants", {"person": "charlie", "patient_id": "PIA"}),
    "POST api/institutions": ("POST /api/institutions", {"name": "Elsewhere"}),
    "api/institutions/<int:number>/studies": ("POST /api/institutions/0/studies", {"study": "1.2.9"}),
    "POST api/groups": ("POST /api/groups", {"name": "Tumour board", "members": ["charlie"]}),
    "POST api/bin": ("POST /api/bin", {"study": "9.9.9"}),
    "fhir/AuditEvent/<str:number>": ("GET /fhir/AuditEvent/{event}", None),
    "door value": ("GET /view/instances/{instance}/frames/1/value?x=0&y=0", None),
}


def leaves(row: Row) -> str:
    """What this row's request leaves; "" where nobody said."""
    method = row.request.split(" ")[0]
    exact = LEAVES.get(f"{method} {row.route}") or LEAVES.get(row.route)
    return exact or next((told for prefix, told in PREFIXES.items() if row.route.startswith(prefix)), "")


def test_of_every_route_it_is_said_what_it_leaves() -> None:
    assert [row.request for row in MATRIX if not leaves(row)] == [], "say in LEAVES what it writes down"


def test_every_action_has_its_words_in_the_standards() -> None:
    told = {leaves(row) for row in MATRIX}
    assert {one for one in told if not one.startswith("none, because")} <= MEANINGS.keys()


def test_p17_every_route_leaves_what_is_said(uids: dict[str, str]) -> None:  # noqa: F811
    people.granted(people.bob(), _study("1.2.9"))
    surprises = []
    for row in MATRIX:
        if row.route.startswith("_allauth"):
            continue  # said and shown elsewhere
        if (left := _left_by(row, uids)) != [] or not leaves(row).startswith("none"):
            wanted = leaves(row)
            if left != [wanted]:
                surprises.append(f"{row.request}: {left}, not {wanted}")
    assert not surprises, "\n".join(surprises)


def _left_by(row: Row, named: dict[str, str]) -> list[str]:
    """What the request leaves when an administrator sends it for the first time."""
    method = row.request.split(" ")[0]
    request, body = WORKING.get(f"{method} {row.route}") or WORKING.get(row.route) or (row.request, row.body)
    headers = shown_by("administrator")
    _forget()
    before = AuditEvent.objects.count()
    event = AuditEvent.objects.values_list("pk", flat=True).first() or 0
    ask(Row(row.route, request, row.expected, body), {**named, "event": str(event)}, headers)
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)[before:])


def _forget() -> None:
    opened.forget()
    searches.forget()
    link_opening.forget()
    cache.clear()


def _study(uid: str) -> Any:
    from pacs.catalog.models import Study

    return Study.objects.get(study_instance_uid=uid)


PICTURES = [row for row in MATRIX if leaves(row) == OPENED]


def test_p17_a_study_is_opened_once_by_whatever_is_asked_of_it(uids: dict[str, str]) -> None:  # noqa: F811
    headers = shown_by("clinician")
    before = AuditEvent.objects.count()
    for row in PICTURES * 2:
        ask(row, uids, headers)
    left = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)[before:])
    assert left.count(OPENED) == 1, left
    assert set(left) <= {OPENED, "signed in"}, left


@pytest.mark.parametrize("who", ["patient_b", "technologist"])
def test_p17_whoever_is_refused_is_in_the_trail(uids: dict[str, str], who: str) -> None:  # noqa: F811
    """404 for what one may not know of, 403 for what one may not do: each is written down, once."""
    silent = []
    for row in MATRIX:
        if row.statuses[who] not in ("403", "404") or not _is_asked_of_access(row):
            continue
        headers = shown_by(who)
        _forget()
        before = AuditEvent.objects.count()
        ask(row, uids, headers)
        left = AuditEvent.objects.order_by("pk")[before:]
        if [(event.action, event.outcome) for event in left] != [("refused", "refused")]:
            silent.append(f"{row.request}: {json.dumps([event.action for event in left])}")
    assert not silent, "\n".join(silent)


# Who is acting is asked before the study is looked for; a ticket that is none names no study. Of a zip it is asked when
# the study is open to them already: that it was opened is written down.
REFUSED_BEFORE = {
    "POST api/studies/<str:study>/deidentified",
    "GET api/deidentified/<str:ticket>",
    "HEAD retrieve study",
}


def _is_asked_of_access(row: Row) -> bool:
    """Whether there is something to refuse: not what is closed to all, nor the sign-in's own steps."""
    statuses = set(row.statuses.values())
    asked = f"{row.request.split(' ')[0]} {row.route}"
    return len(statuses) > 1 and not row.route.startswith("_allauth") and asked not in REFUSED_BEFORE
