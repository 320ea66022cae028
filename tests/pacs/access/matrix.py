"""The access matrix (promise P13): every route, and what each kind of person is answered.

A route without a row fails the tests, and so does a row without a route. What the guests of links are answered follows
from what persons are, by LINKS, unless the row says otherwise. Where an act would change something, the row sends what
cannot be done (an empty body, an unknown name): then 400 or 404 says "allowed, but not this", and 401 or 403 comes
before anything is looked at.
"""

from __future__ import annotations

from pacs.api.closed import CLOSED
from tests.pacs.access.answers import (
    ADMIN_SITE,
    ADMINISTERS,
    ADMINISTERS_404,
    ADMINISTERS_BAD,
    ASKED_AGAIN,
    BY_SESSION,
    BY_SESSION_404,
    BY_SESSION_BAD,
    DONE,
    FOUND,
    HANDED_IN_404,
    NO_SUCH_STEP,
    OF_STUDY,
    OF_STUDY_NOT_IN,
    ONE_NOT_IN,
    ONE_STUDY,
    ONE_STUDY_BAD,
    REFUSED,
    SAVED,
    SEARCHED,
    SENDERS,
    SENDERS_404,
    SENDERS_BAD,
    SIGN_IN_BAD,
    SIGNED_IN,
    SIGNED_IN_404,
    SIGNED_IN_BAD,
    ZIPPED,
    Row,
    all_nine,
)
from tests.pacs.access.matrix_policy import NOT_FRESH, POLICY

AUTH = "_allauth/browser/v1/auth/"
ACCOUNT = "_allauth/browser/v1/account/"

PUBLIC = (
    *(Row(probe, f"GET /{probe}", all_nine(200)) for probe in ("healthz", "readyz")),
    Row("", "GET /", all_nine(200)),
    Row("<path:route>", "GET /studies", all_nine(200)),
    Row("<path:route>", "GET /api/nothing", all_nine(404)),
    Row("api/session", "GET /api/session", all_nine(200)),
    Row("api/sso", "POST /api/sso", all_nine(404)),
    Row("sso/callback", "GET /sso/callback", all_nine(404)),
    Row("api/session/presence", "POST /api/session/presence", DONE),
    Row("api/session/lock", "POST /api/session/lock", DONE),
    Row("api/step-up", "GET /api/step-up", SIGNED_IN),
    Row("api/openapi.json", "GET /api/openapi.json", SIGNED_IN),
)
PEOPLE = (
    Row(
        "api/setup",
        "POST /api/setup",
        all_nine(404),
        {"token": "guess", "username": "eve", "password": "correct horse battery"},
    ),
    Row("api/keys", "GET /api/keys", ADMINISTERS),
    Row("api/keys", "POST /api/keys", "401 403 403 403 403 403 403 403 403", {}, for_links="403 403 403 403"),
    Row("api/keys/<int:number>", "DELETE /api/keys/999999", ADMINISTERS_404),
    Row("api/people", "GET /api/people", ADMINISTERS),
    # Nobody here showed lately who they are (tests.pacs.api.test_people).
    Row("api/people", "POST /api/people", NOT_FRESH, {}, REFUSED),
    Row("api/people/<str:username>", "GET /api/people/ada", ADMINISTERS),
    Row("api/people/<str:username>", "PATCH /api/people/ada", NOT_FRESH, {"role": "king"}, REFUSED),
    Row("api/people/<str:username>/ties", "POST /api/people/pia/ties", ADMINISTERS_BAD, {}),
    Row("api/people/<str:username>/ties", "DELETE /api/people/pia/ties", ADMINISTERS_BAD, {}),
    Row("api/people/<str:username>/grants", "POST /api/people/charlie/grants", ADMINISTERS_BAD, {}),
    Row(
        "api/people/<str:username>/grants/<str:study>",
        "DELETE /api/people/charlie/grants/9.9.9",
        ADMINISTERS_404,
    ),
    Row("admin/", "GET /admin/", ADMIN_SITE),
    Row("admin/", "GET /admin/access/auditevent/", ADMIN_SITE),
    Row("admin/", "GET /admin/password_change/", "302 302 302 302 302 302 302 302 302"),
    Row("admin/", "GET /admin/logout/", "302 302 302 302 302 302 302 302 302"),
)
SIGN_IN = (
    Row("_allauth/browser/v1/config", "GET /_allauth/browser/v1/config", all_nine(200)),
    Row(AUTH + "session", f"GET /{AUTH}session", BY_SESSION),
    Row(AUTH + "sessions", f"GET /{AUTH}sessions", BY_SESSION),
    Row(AUTH + "sessions", f"DELETE /{AUTH}sessions", BY_SESSION_BAD, {}),
    Row(AUTH + "login", f"POST /{AUTH}login", SIGN_IN_BAD, {}),
    Row(AUTH + "reauthenticate", f"POST /{AUTH}reauthenticate", BY_SESSION_BAD, {}),
    Row(AUTH + "2fa/authenticate", f"POST /{AUTH}2fa/authenticate", NO_SUCH_STEP, {"code": "1"}),
    Row(AUTH + "2fa/reauthenticate", f"POST /{AUTH}2fa/reauthenticate", BY_SESSION_BAD, {}),
    Row(AUTH + "webauthn/authenticate", f"GET /{AUTH}webauthn/authenticate", all_nine(401)),
    Row(AUTH + "webauthn/reauthenticate", f"GET /{AUTH}webauthn/reauthenticate", BY_SESSION),
    Row(AUTH + "webauthn/login", f"GET /{AUTH}webauthn/login", all_nine(200)),
    Row(ACCOUNT + "password/change", f"POST /{ACCOUNT}password/change", BY_SESSION_BAD, {}),
    Row(ACCOUNT + "authenticators", f"GET /{ACCOUNT}authenticators", BY_SESSION),
    Row(ACCOUNT + "authenticators/totp", f"GET /{ACCOUNT}authenticators/totp", BY_SESSION_404),
    Row(
        ACCOUNT + "authenticators/recovery-codes",
        f"GET /{ACCOUNT}authenticators/recovery-codes",
        BY_SESSION_404,
    ),
    # Whoever has a password has to type it again first (test_sign_in); the people here have none.
    Row(ACCOUNT + "authenticators/webauthn", f"GET /{ACCOUNT}authenticators/webauthn", BY_SESSION),
    *(
        Row(f"_allauth/browser/v1/{route}", f"POST /_allauth/browser/v1/{route}", all_nine(404), {})
        for route in CLOSED
    ),
)
_INSTANCE = "/dicom-web/studies/{study}/series/{series}/instances/{instance}"
PIXELS = (
    Row("door tile", "GET /view/instances/{instance}/frames/1/tiles/0/0/0.jpg", ONE_STUDY),
    Row("door level", "GET /view/instances/{instance}/frames/1/levels/0", ONE_STUDY),
    Row("door levels", "GET /view/instances/{instance}/frames/1/levels", ONE_STUDY),
    Row("door value", "GET /view/instances/{instance}/frames/1/value", ONE_STUDY_BAD),
    Row("door auto_window", "GET /view/instances/{instance}/frames/1/auto-window", ONE_STUDY),
    Row("door looks", "GET /view/instances/{instance}/frames/1/looks", ONE_STUDY),
    Row("door digest", "GET /view/studies/{study}/digest", ONE_STUDY, for_links=OF_STUDY),
    Row("door priors", "GET /view/studies/{study}/priors", ONE_STUDY, for_links=OF_STUDY),
    Row("door study_thumbnail", "GET /view/studies/{study}/thumbnail", ONE_STUDY),
    Row("door series_thumbnail", "GET /view/series/{series}/thumbnail", ONE_STUDY),
    Row("door dicomweb_study_thumbnail", "GET /dicom-web/studies/{study}/thumbnail", ONE_STUDY),
    Row(
        "door dicomweb_series_thumbnail",
        "GET /dicom-web/studies/{study}/series/{series}/thumbnail",
        ONE_STUDY,
    ),
    Row("door frame_rendered", f"GET {_INSTANCE}/frames/1/rendered", ONE_STUDY),
    Row("door frame_rendered", f"GET {_INSTANCE}/frames/1,1/rendered", ONE_STUDY),
    Row(
        "door series_rendered",
        "GET /dicom-web/studies/{study}/series/{series}/rendered",
        ONE_STUDY,
        for_links=ONE_NOT_IN,
    ),
    Row(
        "door study_rendered", "GET /dicom-web/studies/{study}/rendered", ONE_STUDY, for_links=OF_STUDY_NOT_IN
    ),
    Row("door instance_rendered", f"GET {_INSTANCE}/rendered", ONE_STUDY),
    Row(
        "door wado_uri",
        "GET /wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}",
        ONE_STUDY,
        for_links=ONE_NOT_IN,
    ),
    Row(
        "door wado_uri",
        "GET /wado?requestType=WADO&studyUID={study}&seriesUID={series}&objectUID={instance}"
        "&contentType=application/dicom",
        ONE_STUDY,
        for_links=ONE_NOT_IN,
    ),
    Row("door frame_thumbnail", f"GET {_INSTANCE}/frames/1/thumbnail", ONE_STUDY),
    Row("door instance_thumbnail", f"GET {_INSTANCE}/thumbnail", ONE_STUDY),
)
RETRIEVING = (
    Row("retrieve study", "GET /dicom-web/studies/{study}", ONE_STUDY, for_links=SAVED),
    Row("retrieve study", "HEAD /dicom-web/studies/{study}?accept=application/zip", ZIPPED, for_links=SAVED),
    Row("retrieve series", "GET /dicom-web/studies/{study}/series/{series}", ONE_STUDY, for_links=SAVED),
    Row("retrieve instance", f"GET {_INSTANCE}", ONE_STUDY, for_links=SAVED),
    Row("retrieve instance", f"HEAD {_INSTANCE}", ONE_STUDY, for_links=SAVED),
    Row(
        "retrieve study_metadata",
        "GET /dicom-web/studies/{study}/metadata",
        ONE_STUDY,
        for_links=OF_STUDY_NOT_IN,
    ),
    Row(
        "retrieve series_metadata",
        "GET /dicom-web/studies/{study}/series/{series}/metadata",
        ONE_STUDY,
        for_links=ONE_NOT_IN,
    ),
    Row("retrieve instance_metadata", f"GET {_INSTANCE}/metadata", ONE_STUDY),
    Row("retrieve frames", f"GET {_INSTANCE}/frames/1", ONE_STUDY, for_links=SAVED),
    *(
        Row(f"retrieve {level}_{what}", f"GET {path}/{what}", ONE_STUDY, for_links=SAVED)
        for level, path in (
            ("study", "/dicom-web/studies/{study}"),
            ("series", "/dicom-web/studies/{study}/series/{series}"),
            ("instance", _INSTANCE),
        )
        for what in ("bulkdata", "pixeldata")
    ),
    Row("retrieve bulkdata", f"GET {_INSTANCE}/bulkdata/7FE00010", ONE_STUDY, for_links=SAVED),
)
# What is open to each decides what a search finds (tests of api/studies and of QIDO), not whether it answers.
_COPIES = "api/studies/<str:study>/deidentified"
_STUDY = "dicom-web/studies/<str:study>"
_SERIES = f"{_STUDY}/series/<str:series>"
SEARCHES = (
    Row(_COPIES, "GET /api/studies/{study}/deidentified", ONE_STUDY, for_links=REFUSED),
    Row(_COPIES, "POST /api/studies/{study}/deidentified", ASKED_AGAIN, {}, REFUSED),
    Row("api/deidentified/<str:ticket>", "GET /api/deidentified/guess", SIGNED_IN_404, for_links=REFUSED),
    Row("api/studies", "GET /api/studies", SIGNED_IN, for_links=REFUSED),
    Row("dicom-web/", "GET /dicom-web/", SIGNED_IN),
    Row("dicom-web/", "OPTIONS /dicom-web/", SIGNED_IN),
    Row("dicom-web", "GET /dicom-web", SIGNED_IN),
    Row("dicom-web/studies", "GET /dicom-web/studies", SIGNED_IN, for_links=FOUND),
    Row("dicom-web/series", "GET /dicom-web/series", SIGNED_IN, for_links=FOUND),
    Row("dicom-web/instances", "GET /dicom-web/instances", SIGNED_IN, for_links=FOUND),
    Row(
        f"{_STUDY}/series",
        "GET /dicom-web/studies/{study}/series",
        ONE_STUDY,
        for_links=SEARCHED,
    ),
    Row(f"{_STUDY}/instances", "GET /dicom-web/studies/{study}/instances", ONE_STUDY, for_links=SEARCHED),
    Row(
        f"{_SERIES}/instances",
        "GET /dicom-web/studies/{study}/series/{series}/instances",
        ONE_STUDY,
        for_links=SEARCHED,
    ),
    Row("dicom-web/changes", "GET /dicom-web/changes", SIGNED_IN, for_links=FOUND),
    Row("dicom-web/studies/count", "GET /dicom-web/studies/count", SIGNED_IN, for_links=FOUND),
    Row("dicom-web/series/count", "GET /dicom-web/series/count", SIGNED_IN, for_links=FOUND),
    Row("dicom-web/instances/count", "GET /dicom-web/instances/count", SIGNED_IN, for_links=FOUND),
    Row(
        f"{_STUDY}/series/count", "GET /dicom-web/studies/{study}/series/count", ONE_STUDY, for_links=SEARCHED
    ),
    Row(
        f"{_STUDY}/instances/count",
        "GET /dicom-web/studies/{study}/instances/count",
        ONE_STUDY,
        for_links=SEARCHED,
    ),
    Row(
        f"{_SERIES}/instances/count",
        "GET /dicom-web/studies/{study}/series/{series}/instances/count",
        ONE_STUDY,
        for_links=SEARCHED,
    ),
)
# To delete is for administrators: whether there is such a study is nobody else's business.
_NO_SERIES = "/dicom-web/studies/{study}/series/9.9"
DELETING = (
    Row(_STUDY, "DELETE /dicom-web/studies/9.9.9", ADMINISTERS_404),
    Row(_STUDY, "DELETE /dicom-web/studies/nothing", ADMINISTERS_404),
    Row(_SERIES, f"DELETE {_NO_SERIES}", ADMINISTERS_404),
    Row(
        f"{_SERIES}/instances/<str:instance>", f"DELETE {_NO_SERIES}/instances/{{instance}}", ADMINISTERS_404
    ),
    Row("api/bin", "GET /api/bin", ADMINISTERS),
    Row("api/bin", "POST /api/bin", ADMINISTERS_BAD, {}),
    Row("api/bin", "POST /api/bin", ADMINISTERS_404, {"study": "9.9.9"}),
    Row("api/bin/<int:number>", "GET /api/bin/999", ADMINISTERS_404),
    # For good: nobody here showed lately who they are (tests.pacs.api.test_bin).
    Row(
        "api/bin/<int:number>",
        "DELETE /api/bin/999",
        "401 403 403 403 403 403 403 403 403",
        for_links="403 403 403 403",
    ),
    Row("api/bin/<int:number>/restore", "POST /api/bin/999/restore", ADMINISTERS_404),
)
_UPLOAD = "api/uploads/<uuid:upload_id>"
_NO_UPLOAD = "/api/uploads/0b8e0000-0000-4000-8000-000000000000"
TRAIL = (
    Row("api/audit", "GET /api/audit", ADMINISTERS),
    Row("api/audit/check", "GET /api/audit/check", ADMINISTERS),
    Row("api/audit/check", "POST /api/audit/check", "401 403 403 403 403 403 403 202 403", for_links=REFUSED),
    # Of everyone their own: what is in it is asked for in tests.pacs.api.test_audit.
    Row("api/my-images/seen", "GET /api/my-images/seen", SIGNED_IN, for_links=REFUSED),
    Row("fhir/metadata", "GET /fhir/metadata", SIGNED_IN),
    Row("fhir/AuditEvent", "GET /fhir/AuditEvent", ADMINISTERS),
    Row(
        "fhir/AuditEvent/_search",
        "POST /fhir/AuditEvent/_search",
        "401 403 403 403 403 403 403 415 403",
        {},
        for_links=REFUSED,
    ),
    Row("fhir/AuditEvent/<str:number>", "GET /fhir/AuditEvent/999999", ADMINISTERS_404),
)
SENDING = (
    Row("stow", "POST /dicom-web/studies", SENDERS_BAD),
    Row("stow", "POST /dicom-web/studies/{study}", SENDERS_BAD),
    Row("api/uploads", "GET /api/uploads", SENDERS, for_links="403 403 403 200"),
    Row("api/uploads", "POST /api/uploads", SENDERS_BAD, {}, "403 403 403 400"),
    Row(_UPLOAD, f"GET {_NO_UPLOAD}", SENDERS_404, for_links=HANDED_IN_404),
    Row(_UPLOAD, f"HEAD {_NO_UPLOAD}", SENDERS_404, for_links=HANDED_IN_404),
    Row(_UPLOAD, f"PATCH {_NO_UPLOAD}", SENDERS_404, {}, HANDED_IN_404),
    Row(_UPLOAD, f"DELETE {_NO_UPLOAD}", SENDERS_404, for_links=HANDED_IN_404),
    Row(f"{_UPLOAD}/retry", f"POST {_NO_UPLOAD}/retry", SENDERS_404, for_links=HANDED_IN_404),
    Row("api/upload-links", "POST /api/upload-links", SENDERS_BAD, {}),
    Row("api/received", "GET /api/received", SENDERS),
    Row("api/received/<int:number>", "DELETE /api/received/999999", SENDERS_404),
    Row("api/received/<int:number>/match", "POST /api/received/999999/match", SENDERS_404, {}),
)
ALL_BUT_NOBODY = "4401 open open open open open open open open"
SOCKETS = (
    Row("socket /ws/worklist", "SOCKET /ws/worklist", ALL_BUT_NOBODY, for_links="4403 4403 4403 4403"),
    # What may be opened through it is asked for each series: tests.viewer.streaming.test_viewing.
    Row("socket /ws/viewing", "SOCKET /ws/viewing", ALL_BUT_NOBODY, for_links="open open open 4403"),
)

_GUESS = {"id": "guess", "secret": "guess", "answer": "000000"}
_HEALTH_GUESS = {"recipient": "guess", "passcode": "000000"}
_NO_LINK = "/api/shares/guess"
SHARING = (
    Row("api/shares", "GET /api/shares", SIGNED_IN, for_links=REFUSED),
    Row("api/shares", "POST /api/shares", SIGNED_IN_BAD, {}, for_links=REFUSED),
    Row("api/shares", "DELETE /api/shares", SIGNED_IN, for_links=REFUSED),
    Row("api/shares/<str:public_id>", f"PATCH {_NO_LINK}", SIGNED_IN_404, {}, for_links=REFUSED),
    Row("api/shares/<str:public_id>", f"DELETE {_NO_LINK}", SIGNED_IN_404, for_links=REFUSED),
    Row(
        "api/shares/<str:public_id>/health-link",
        f"POST {_NO_LINK}/health-link",
        SIGNED_IN_404,
        {},
        for_links=REFUSED,
    ),
    Row("api/shl/<str:token>", "POST /api/shl/guess", all_nine(404), _HEALTH_GUESS),
    Row("api/shl/files/<str:ticket>", "GET /api/shl/files/guess", all_nine(404)),
    Row("api/notices", "GET /api/notices", SIGNED_IN, for_links=REFUSED),
    Row("api/notices", "POST /api/notices", SIGNED_IN_BAD, {}, for_links=REFUSED),
    Row("api/links/look", "POST /api/links/look", all_nine(404), _GUESS),
    Row("api/links/open", "POST /api/links/open", all_nine(404), _GUESS),
    Row("api/links/code", "POST /api/links/code", all_nine(404), _GUESS),
    Row("api/links/stay", "DELETE /api/links/stay", all_nine(401), for_links="204 204 204 204"),
)

GROUPS = {
    "public": PUBLIC,
    "people": PEOPLE,
    "sign_in": SIGN_IN,
    "pixels": PIXELS,
    "retrieving": RETRIEVING,
    "searches": SEARCHES,
    "trail": TRAIL,
    "deleting": DELETING,
    "sending": SENDING,
    "sockets": SOCKETS,
    "sharing": SHARING,
    "policy": POLICY,
}
MATRIX = tuple(row for rows in GROUPS.values() for row in rows)
