"""Keys by command, and Django's admin behind the app's own sign-in."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client

from pacs.access.models import ApiKey, AuditEvent, Grant, PatientTie, User
from pacs.access.roles import SHIPPED
from tests.browser import Browser, with_totp
from tests.pacs.access.conftest import Kept
from tests.people import PASSWORD, ada, alice, bob, charlie, give_password, pia, signed_in, tess

pytestmark = pytest.mark.django_db


def issue(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("issue_api_key", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_a_key_is_printed_alone_on_the_last_line_and_kept_as_a_hash() -> None:
    key = issue("--user", "viewer", "--role", "clinician", "--days", "3")[-1]
    assert Client().get("/api/session", headers={"Authorization": f"Bearer {key}"}).json()["user"] == {
        "username": "viewer",
        "display_name": "viewer",
        "role": "clinician",
        "acts": sorted(SHIPPED["clinician"].rights),
        "unseen_notices": 0,
        "second_factor_due_at": None,
        "idle": None,
        "may_break_glass": False,
        "glass_breaks": [],
    }
    assert not User.objects.get(username="viewer").has_usable_password()
    assert key not in str([list(model.objects.values()) for model in (ApiKey, AuditEvent, User)])


def test_a_second_key_is_for_the_same_account() -> None:
    first, second = issue("--user", "viewer", "--role", "clinician")[-1], issue("--user", "viewer")[-1]
    assert first != second
    assert ApiKey.objects.values("user").distinct().count() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--user", "unknown"),
        ("--user", "alice", "--role", "administrator"),
        ("--user", "alice", "--days", "0"),
        ("--user", "not a name", "--role", "patient"),
    ],
)
def test_no_key_is_made_where_the_words_do_not_fit(arguments: tuple[str, ...]) -> None:
    alice()
    with pytest.raises(CommandError):
        issue(*arguments)
    assert not ApiKey.objects.exists()


ADMIN_PAGES = (
    "",
    "access/user/",
    "access/user/add/",
    "access/patienttie/add/",
    "access/grant/add/",
    "access/apikey/add/",
    "access/auditevent/",
)


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_the_admin_opens_to_administrators_only_and_by_the_apps_sign_in(page: str) -> None:
    for client in (Client(), signed_in(alice()), signed_in(tess()), signed_in(bob())):
        answer = client.get(f"/admin/{page}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(("/signin?", "/admin/login/?"))
    assert Client().get("/admin/login/?next=/admin/").headers["Location"] == "/signin?next=%2Fadmin%2F"
    assert signed_in(ada()).get(f"/admin/{page}").status_code == 200


def test_the_admins_sign_in_takes_no_password() -> None:
    user = ada()
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    answer = client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/api/session").json()["user"] is None


def post(client: Client, page: str, **fields: Any) -> None:
    answer = client.post(f"/admin/access/{page}/add/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert not answer.headers["Location"].endswith("/add/")


def test_the_admin_changes_no_password_of_whoever_is_signed_in() -> None:
    user = ada()
    give_password(user)
    client = signed_in(user)
    fields = {
        "old_password": PASSWORD,
        "new_password1": "another good one 7",
        "new_password2": "another good one 7",
    }
    for page in ("password_change/", "password_change/done/"):
        for answer in (client.get(f"/admin/{page}"), client.post(f"/admin/{page}", fields)):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_the_admins_way_out_is_the_apps() -> None:
    client = signed_in(ada())
    assert client.get("/admin/logout/").headers["Location"] == "/account"
    assert client.get("/admin/").status_code == 200
    out = client.post("/admin/logout/")
    assert (out.headers["Location"], out.headers["Clear-Site-Data"]) == ("/signin", '"cache"')
    assert client.get("/admin/").status_code == 302
    assert AuditEvent.objects.filter(action="signed out", actor_label="ada").count() == 1


def test_what_the_admin_changes_goes_through_the_writers(pias: Kept) -> None:
    client = signed_in(ada())
    pia(), charlie()
    post(
        client,
        "user",
        username="zoe",
        role="patient",
        display_name="Zoë",
        is_active="on",
        new_password=PASSWORD,
    )
    assert User.objects.get(username="zoe").check_password(PASSWORD)
    post(client, "patienttie", user=pia().pk, patient_id="P1")
    post(client, "grant", user=charlie().pk, study_instance_uid="1.2.1")
    post(client, "apikey", user=charlie().pk, name="viewer", days=3)
    tie, grant, key = PatientTie.objects.get(), Grant.objects.get(), ApiKey.objects.get()
    for name, row in (("patienttie", tie), ("grant", grant)):
        assert client.post(f"/admin/access/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    client.post("/admin/access/apikey/", {"action": "revoke", "_selected_action": key.pk})
    assert not PatientTie.objects.exists()
    assert not Grant.objects.exists()
    assert ApiKey.objects.get().revoked_at
    by_ada = AuditEvent.objects.filter(actor_label="ada").exclude(action="signed in")
    assert list(by_ada.values_list("action", flat=True)) == [
        "account created",
        "patient tied",
        "study granted",
        "api key issued",
        "patient untied",
        "grant revoked",
        "api key revoked",
    ]


def test_an_administrator_signs_a_device_out_and_takes_a_lost_second_factor_away() -> None:
    client, browser = signed_in(ada()), Browser()
    give_password(alice())
    with_totp(browser, alice())
    session = UserSession.objects.get(user=alice())
    factor = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    for page in (f"usersessions/usersession/{session.pk}", f"mfa/authenticator/{factor.pk}"):
        assert "secret" not in client.get(f"/admin/{page}/change/").content.decode()
        assert client.post(f"/admin/{page}/delete/", {"post": "yes"}).status_code == 302
    assert browser.user() is None
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    by_ada = AuditEvent.objects.filter(actor_label="ada", details__account="alice")
    assert list(by_ada.values_list("action", flat=True)) == ["session ended", "authenticator removed"]


def test_what_the_writers_refuse_is_told_and_nothing_is_changed(pias: Kept) -> None:
    client = signed_in(ada())
    for page, fields, words in (
        ("patienttie", {"user": charlie().pk, "patient_id": "P1"}, "Only a patient"),
        ("patienttie", {"user": pia().pk, "patient_id": "P9"}, "no such thing"),
        ("grant", {"user": pia().pk, "study_instance_uid": "1.2.1"}, "granted to referrers"),
        ("grant", {"user": charlie().pk, "study_instance_uid": "9"}, "no such thing"),
        ("user", {"username": "zoe", "role": "patient", "new_password": "short"}, "too short"),
        ("user", {"username": "ADA", "role": "patient"}, "taken"),
    ):
        answer = client.post(f"/admin/access/{page}/add/", fields, follow=True)
        assert words in answer.content.decode(), page
    answer = client.post(
        f"/admin/access/user/{ada().pk}/change/", {"username": "ada", "role": "patient"}, follow=True
    )
    assert "has to stay" in answer.content.decode()
    assert ada().role == "administrator"
    assert not PatientTie.objects.exists()
    assert not Grant.objects.exists()
    assert not User.objects.filter(username="zoe").exists()


def test_the_trail_is_not_changed_by_anyone() -> None:
    client = signed_in(ada())
    event = AuditEvent.objects.latest("pk")
    assert client.post(f"/admin/access/auditevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/access/auditevent/{event.pk}/change/", {"action": "x"}).status_code == 403
    assert client.get("/admin/access/auditevent/add/").status_code == 403


@pytest.mark.parametrize("row", ["9" * 30, "zz", ""])
def test_a_row_that_cannot_be_is_told_and_no_fault(row: str) -> None:
    client = signed_in(ada())
    for page, action in (
        ("apikey", "revoke"),
        ("grant", "delete_selected"),
        ("patienttie", "delete_selected"),
    ):
        chosen = {"action": action, "_selected_action": row}
        assert client.post(f"/admin/access/{page}/", chosen, follow=True).status_code == 200
