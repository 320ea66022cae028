"""A bounded key: what it is not good for is refused on every route of the matrix, whatever its account may do."""

from __future__ import annotations

import pytest

from tests.pacs.access.answers import Row
from tests.pacs.access.matrix import MATRIX, SENDING, SOCKETS
from tests.pacs.access.test_matrix import ask, uids  # noqa: F401  # a fixture
from tests.people import ada, key_of, tess

pytestmark = pytest.mark.django_db(transaction=True)
Headers = list[tuple[bytes, bytes]]
REFUSED = {"401", "403", "404", "4401", "4403"}
# What tells nothing of any patient, or is not asked by keys at all (allauth, Django's admin, guests of links).
HARMLESS = (
    "healthz",
    "readyz",
    "api/session",
    "api/step-up",
    "api/openapi.json",
    "api/setup",
    "api/links/",
    "_allauth/",
    "admin/",
    "fhir/metadata",
)
SHELL = {"", "<path:route>", "dicom-web", "dicom-web/"}


def shown(scope: str, account: str) -> Headers:
    user = {"technologist": tess, "administrator": ada}[account]()
    return [(b"authorization", f"Bearer {key_of(user, scopes=[scope])}".encode())]


def is_harmless(row: Row) -> bool:
    return row.route in SHELL or row.route.startswith(HARMLESS)


def surprises(rows: list[Row], uids: dict[str, str], headers: Headers) -> list[str]:  # noqa: F811
    answers = [(row.request, ask(row, uids, headers)) for row in rows]
    return [f"{request}: {status}" for request, status in answers if status not in REFUSED]


@pytest.mark.parametrize("account", ["technologist", "administrator"])
def test_a_key_that_stores_opens_nothing(account: str, uids: dict[str, str]) -> None:  # noqa: F811
    rows = [row for row in MATRIX if row not in SENDING and not is_harmless(row)]
    assert len(rows) > 60
    assert surprises(rows, uids, shown("store", account)) == []


@pytest.mark.parametrize("account", ["technologist", "administrator"])
def test_a_key_that_reads_changes_nothing(account: str, uids: dict[str, str]) -> None:  # noqa: F811
    unsafe = [row for row in MATRIX if row.request.split(" ")[0] in ("POST", "PUT", "PATCH", "DELETE")]
    # To have a de-identified copy made is to read, and so is to have seen what one was told.
    reads = ("deidentified", "api/notices")
    rows = [row for row in unsafe if not is_harmless(row) and not any(part in row.route for part in reads)]
    assert len(rows) > 20
    assert surprises(rows, uids, shown("read", account)) == []


def test_each_is_good_for_what_it_says(uids: dict[str, str]) -> None:  # noqa: F811
    sends, reads = shown("store", "technologist"), shown("read", "technologist")
    as_technologist = {row.request: row.statuses["technologist"] for row in MATRIX}
    for row in SENDING:
        # Making a link is in no scope.
        good = "403" if row.route == "api/upload-links" else as_technologist[row.request]
        assert ask(row, uids, sends) == good, row.request
    for row in MATRIX:
        is_asked_to_read = row.request.split(" ")[0] in ("GET", "HEAD") and row not in SENDING
        is_sharing = row.route == "api/shares"  # which is in no scope
        if is_asked_to_read and not is_harmless(row) and not is_sharing:
            # Who saves is asked who they are; of a key nobody can be asked.
            good = "200" if "application/zip" in row.request else as_technologist[row.request]
            assert ask(row, uids, reads) == good, row.request
    for row in SOCKETS:
        assert ask(row, uids, reads) == "open"
