"""The rows of the access matrix about the policy itself: grants, groups, institutions, roles, reasons, break-glass."""

from __future__ import annotations

from tests.pacs.access.answers import (
    ADMINISTERS,
    ADMINISTERS_404,
    ADMINISTERS_BAD,
    REFUSED,
    Row,
)

# Nobody here showed lately who they are, and of a key nobody can be asked.
NOT_FRESH = "401 403 403 403 403 403 403 403 403"

POLICY = (
    Row("api/people/<str:username>/sees", "GET /api/people/charlie/sees", ADMINISTERS),
    Row("api/people/<str:username>/sees/<str:study>", "GET /api/people/charlie/sees/{study}", ADMINISTERS),
    Row("api/grants", "GET /api/grants", ADMINISTERS),
    Row("api/grants", "POST /api/grants", ADMINISTERS_BAD, {}),
    Row("api/grants/<int:number>", "DELETE /api/grants/999", ADMINISTERS_404),
    Row("api/roles", "GET /api/roles", ADMINISTERS),
    # Nobody here showed lately who they are (tests.pacs.access.test_roles).
    Row("api/roles/<str:role>", "PATCH /api/roles/patient", NOT_FRESH, {}, REFUSED),
    Row("api/roles/<str:role>", "DELETE /api/roles/patient", NOT_FRESH, None, REFUSED),
    Row("api/institutions", "GET /api/institutions", ADMINISTERS),
    Row("api/institutions", "POST /api/institutions", ADMINISTERS_BAD, {}),
    Row("api/institutions/<int:number>", "PATCH /api/institutions/999", ADMINISTERS_404, {}),
    Row("api/institutions/<int:number>/studies", "POST /api/institutions/0/studies", ADMINISTERS_BAD, {}),
    Row("api/groups", "GET /api/groups", ADMINISTERS),
    Row("api/groups", "POST /api/groups", ADMINISTERS_BAD, {}),
    Row("api/groups/<int:number>", "PATCH /api/groups/999", ADMINISTERS_404, {}),
    Row("api/groups/<int:number>", "DELETE /api/groups/999", ADMINISTERS_404),
    Row("api/break-glass", "GET /api/break-glass", ADMINISTERS),
    # Of clinicians too nobody showed lately who they are (tests.pacs.access.test_breaking_glass); of a key nobody can.
    Row(
        "api/break-glass",
        "POST /api/break-glass",
        NOT_FRESH,
        {"study": "9.9.9", "reason": "unconscious, bleeding"},
        REFUSED,
    ),
    Row(
        "api/break-glass/search",
        "POST /api/break-glass/search",
        "401 403 403 403 403 200 403 403 403",
        {"accession_number": "none of this number"},
        for_links="403 403 403 403",
    ),
    Row("api/break-glass/<int:number>", "PATCH /api/break-glass/999", ADMINISTERS_BAD, {}),
)
