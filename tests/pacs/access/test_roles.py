"""Roles are templates that administrators change within limits; what is shipped is what the matrix is asked of."""

from __future__ import annotations

from typing import Any

import pytest

from pacs.access.actors import actor_for_link
from pacs.access.models import AuditEvent, GuestLink, Role, RoleTemplate
from pacs.access.permit import Act, may, require
from pacs.access.role_changes import change_template, restore_template
from pacs.access.roles import LIMITS, SHIPPED, template_of
from pacs.access.standing import actor_for_scope
from pacs.errors import BadRequest, NotAllowed, NotFound
from tests.browser import Browser
from tests.pacs.access.conftest import Kept
from tests.pacs.access.test_policy import seen
from tests.pacs.access.test_standing import scope
from tests.people import (
    TESTS,
    actor,
    ada,
    alice,
    bob,
    cookie,
    give_password,
    guest_of,
    link_to,
    pia,
    tess,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_role_has_a_template_within_its_own_limits() -> None:
    assert SHIPPED.keys() == LIMITS.keys() == set(Role.values)
    for role, template in SHIPPED.items():
        assert LIMITS[role].least <= template.rights <= LIMITS[role].most
        assert template.breadth in LIMITS[role].breadths


def test_what_is_shipped_is_what_was_agreed() -> None:
    """Break-glass is never for referrers and patients; only administrators administer, and delete as shipped."""
    having = {act: {str(role) for role, one in SHIPPED.items() if act in one.rights} for act in Act}
    assert having[Act.BREAK_GLASS] == {"clinician"}
    assert having[Act.ADMINISTER] == having[Act.DELETE] == {"administrator"}
    assert having[Act.STORE] == {"administrator", "clinician", "technologist"}
    assert all(
        having[act] == set(Role.values) for act in (Act.VIEW, Act.LIST, Act.SEARCH, Act.SHARE, Act.DOWNLOAD)
    )


def test_a_right_that_is_taken_is_gone_at_the_next_request(pias: Kept) -> None:
    tesses = scope(cookie(tess()))
    assert may(actor_for_scope(tesses), Act.STORE)
    rights = SHIPPED[Role.TECHNOLOGIST].rights - {Act.STORE}
    change_template("technologist", actor=TESTS, rights=rights)
    assert not may(actor_for_scope(tesses), Act.STORE)
    with pytest.raises(NotAllowed):
        require(actor_for_scope(tesses), Act.STORE)
    restore_template("technologist", actor=TESTS)
    assert may(actor_for_scope(tesses), Act.STORE)


def test_a_right_may_be_given_within_the_limits(pias: Kept) -> None:
    change_template("clinician", actor=TESTS, rights=SHIPPED[Role.CLINICIAN].rights | {Act.DELETE})
    assert may(actor(alice()), Act.DELETE)
    assert not may(actor(tess()), Act.DELETE)


def test_staff_may_be_narrowed_to_what_names_them(pias: Kept, pauls: Kept) -> None:
    change_template("clinician", actor=TESTS, breadth="named")
    assert seen(actor(alice())) == set()
    assert seen(actor(tess())) == {"1.2.1", "1.2.2"}


@pytest.mark.parametrize("act", sorted(LIMITS[Role.ADMINISTRATOR].least))
def test_what_administrators_are_for_cannot_be_taken_from_them(act: Act) -> None:
    with pytest.raises(BadRequest):
        change_template(
            "administrator", actor=actor(ada()), rights=SHIPPED[Role.ADMINISTRATOR].rights - {act}
        )
    with pytest.raises(BadRequest):
        change_template("administrator", actor=actor(ada()), breadth="institution")
    assert may(actor(ada()), Act.ADMINISTER)


@pytest.mark.parametrize("role", ["referrer", "patient", "clinician", "technologist"])
@pytest.mark.parametrize("act", [Act.ADMINISTER, Act.BREAK_GLASS, Act.DELETE, Act.STORE])
def test_what_a_role_can_never_have_is_not_given(role: str, act: Act) -> None:
    if act in LIMITS[role].most:
        pytest.skip("may be given")
    with pytest.raises(BadRequest):
        change_template(role, actor=TESTS, rights=SHIPPED[role].rights | {act})


@pytest.mark.parametrize("role", ["referrer", "patient"])
def test_a_row_that_was_written_past_us_gives_no_more_than_the_limits(role: str) -> None:
    RoleTemplate.objects.create(role=role, rights=[str(act) for act in Act], breadth="everything")
    assert template_of(role).rights == LIMITS[role].most
    assert template_of(role).breadth == SHIPPED[role].breadth
    RoleTemplate.objects.update(rights=[])
    assert template_of(role).rights == LIMITS[role].least
    assert not actor({"referrer": bob, "patient": pia}[role]()).reach.has_all


def test_no_such_role_and_no_such_right() -> None:
    with pytest.raises(NotFound):
        change_template("king", actor=TESTS, rights=[])
    with pytest.raises(NotFound):
        restore_template("king", actor=TESTS)
    with pytest.raises(BadRequest):
        change_template("clinician", actor=TESTS, rights=[*SHIPPED[Role.CLINICIAN].rights, "fly"])


def test_a_link_lets_its_guest_do_no_more_than_its_maker_may(pias: Kept) -> None:
    browser = guest_of(link_to(pias.study, alice(), may_download=True))
    clinician = SHIPPED[Role.CLINICIAN].rights

    def guest() -> Any:
        return actor_for_link(GuestLink.objects.get())

    assert may(guest(), Act.DOWNLOAD)
    assert browser.get("/api/session").json()["guest"]["download"] is True
    change_template("clinician", actor=TESTS, rights=clinician - {Act.DOWNLOAD})
    assert (may(guest(), Act.DOWNLOAD), may(guest(), Act.VIEW)) == (False, True)
    assert browser.get("/api/session").json()["guest"]["download"] is False
    change_template("clinician", actor=TESTS, rights=clinician - {Act.SHARE})
    assert not may(guest(), Act.VIEW)


def test_administrators_change_roles_once_they_showed_who_they_are() -> None:
    give_password(ada())
    browser = Browser()
    browser.sign_in("ada")
    status, told = browser.send("GET", "/api/roles")
    assert (status, [one["role"] for one in told["roles"]]) == (200, [str(role) for role in SHIPPED])
    assert {one["role"]: one["people"] for one in told["roles"]} == {
        "administrator": 1, "clinician": 0, "technologist": 0, "referrer": 0, "patient": 0,
    }  # fmt: skip
    rights = sorted(SHIPPED[Role.PATIENT].rights - {Act.DOWNLOAD})
    status, told = browser.send("PATCH", "/api/roles/patient", {"rights": rights})
    assert (status, told["rights"]) == (200, rights)
    assert not may(actor(pia()), Act.DOWNLOAD)
    assert browser.send("PATCH", "/api/roles/patient", {"rights": [*rights, "break_glass"]})[0] == 400
    status, told = browser.send("DELETE", "/api/roles/patient")
    assert told["rights"] == told["shipped"]["rights"]
    assert AuditEvent.objects.filter(action="role changed", actor_label="ada").count() == 2
