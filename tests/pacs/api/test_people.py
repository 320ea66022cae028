"""api/people: administrators make accounts, and open studies to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from pacs.access.models import AuditEvent, User
from pacs.access.permit import visible_studies
from pacs.catalog.models import Patient, Study
from tests.pacs.api.test_shares import fresh
from tests.people import (
    PASSWORD,
    actor,
    ada,
    alice,
    bearer,
    bob,
    charlie,
    give_password,
    pia,
    signed_in,
    tess,
)

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def adas() -> Client:
    return fresh(signed_in(ada()))


@pytest.fixture
def study() -> Study:
    patient = Patient.objects.create(identity_key="1", patient_id="P1", issuer_of_patient_id="A")
    return Study.objects.create(patient=patient, study_instance_uid="1.2.3")


def told(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_an_account_gets_a_random_password_told_once(adas: Client) -> None:
    made = told(adas.post("/api/people", {"username": "zoe", "role": "clinician"}, JSON), 201)
    assert User.objects.get(username="zoe").check_password(made["initial_password"])
    assert len(made["initial_password"]) >= 20
    everyone = told(adas.get("/api/people"), 200)["people"]
    assert [person["username"] for person in everyone] == ["ada", "zoe"]
    assert "initial_password" not in everyone[1]
    assert "password" not in everyone[1]


def test_an_account_gets_the_password_that_is_given(adas: Client) -> None:
    body = {"username": "zoe", "role": "referrer", "display_name": "Zoë", "password": PASSWORD}
    assert told(adas.post("/api/people", body, JSON), 201)["initial_password"] is None
    assert User.objects.get(username="zoe").check_password(PASSWORD)
    assert (
        AuditEvent.objects.filter(action="account created", details__account="zoe").get().actor_label == "ada"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"username": "ADA", "role": "patient"},
        {"username": "zoe", "role": "king"},
        {"username": "", "role": "patient"},
        {"username": "with space", "role": "patient"},
        {"username": "zoe", "role": "patient", "password": "short"},
        {"role": "patient"},
        {},
    ],
)
def test_what_will_not_do_is_refused(adas: Client, body: dict[str, str]) -> None:
    error = told(adas.post("/api/people", body, JSON), 400)["error"]
    assert error["fields"]
    assert User.objects.count() == 1


@pytest.mark.parametrize("person", [alice, bob, charlie, tess, pia])
def test_others_may_not(person: Any, study: Study) -> None:
    client = signed_in(person())
    assert told(client.get("/api/people"), 403)["error"]["code"] == "not_allowed"
    told(client.post("/api/people", {"username": "zoe", "role": "administrator"}, JSON), 403)
    told(client.patch("/api/people/bob", {"role": "administrator"}, JSON), 403)
    told(client.post("/api/people/charlie/grants", {"study": "1.2.3"}, JSON), 403)
    assert not User.objects.filter(role="administrator").exists()


def test_an_administrator_shows_who_they_are_before_an_account_is_made_or_changed() -> None:
    lately, long_ago = fresh(signed_in(ada())), signed_in(ada())
    new = {"username": "zoe", "role": "administrator"}
    assert told(long_ago.post("/api/people", new, JSON), 403)["error"]["code"] == "not_fresh"
    told(lately.post("/api/people", new, JSON), 201)
    for change in ({"new_password": True}, {"role": "patient"}, {"is_active": False}):
        assert told(long_ago.patch("/api/people/zoe", change, JSON), 403)["error"]["code"] == "not_fresh"
        told(lately.patch("/api/people/zoe", change, JSON), 200)
    told(long_ago.get("/api/people/zoe"), 200)


def test_nobody_may_not() -> None:
    answer = Client().get("/api/people")
    assert told(answer, 401)["error"]["code"] == "not_signed_in"


def test_a_tie_opens_and_closes_a_patients_studies(adas: Client, study: Study) -> None:
    pias = pia()
    assert told(adas.post("/api/people/pia/ties", {"patient_id": "P1"}, JSON), 201)["ties"] == [
        {"patient_id": "P1", "issuer": "A"}
    ]
    assert visible_studies(actor(pias)).count() == 1
    told(adas.delete("/api/people/pia/ties", {"patient_id": "P1"}, JSON), 204)
    assert visible_studies(actor(pias)).count() == 0
    told(adas.delete("/api/people/pia/ties", {"patient_id": "P1"}, JSON), 404)


def test_a_tie_needs_one_patient(adas: Client, study: Study) -> None:
    pia()
    told(adas.post("/api/people/pia/ties", {"patient_id": "P9"}, JSON), 404)
    told(adas.post("/api/people/nobody/ties", {"patient_id": "P1"}, JSON), 404)
    Patient.objects.create(identity_key="2", patient_id="P1", issuer_of_patient_id="B")
    assert (
        told(adas.post("/api/people/pia/ties", {"patient_id": "P1"}, JSON), 400)["error"]["fields"][
            "parameter"
        ]
        == "issuer"
    )
    told(adas.post("/api/people/pia/ties", {"patient_id": "P1", "issuer": "B"}, JSON), 201)


def test_a_grant_opens_and_closes_one_study(adas: Client, study: Study) -> None:
    charles = charlie()
    until = (timezone.now() + timedelta(days=1)).isoformat()
    made = told(adas.post("/api/people/charlie/grants", {"study": "1.2.3", "expires_at": until}, JSON), 201)
    assert [grant["study"] for grant in made["grants"]] == ["1.2.3"]
    assert visible_studies(actor(charles)).count() == 1
    told(adas.delete("/api/people/charlie/grants/1.2.3"), 204)
    assert visible_studies(actor(charles)).count() == 0
    told(adas.post("/api/people/charlie/grants", {"study": "1.2.4"}, JSON), 404)
    told(adas.post("/api/people/charlie/grants", {"study": "1.2.3", "expires_at": "soon"}, JSON), 400)


def test_a_closed_account_is_out_at_its_next_request(adas: Client) -> None:
    alices, by_key = signed_in(alice()), bearer(alice())
    assert alices.get("/api/session").json()["user"]
    told(adas.patch("/api/people/alice", {"is_active": False}, JSON), 200)
    assert alices.get("/api/session").json()["user"] is None
    assert Client().get("/api/session", headers=by_key).json()["user"] is None
    told(adas.patch("/api/people/alice", {"is_active": True}, JSON), 200)
    assert alices.get("/api/session").json()["user"] is None, "no device is signed in again by itself"
    assert Client().get("/api/session", headers=by_key).json()["user"]["username"] == "alice"


def test_a_role_changes_at_the_next_request(adas: Client) -> None:
    tess_ = signed_in(tess())
    told(tess_.get("/api/people"), 403)
    told(adas.patch("/api/people/tess", {"role": "administrator"}, JSON), 200)
    told(tess_.get("/api/people"), 200)


def test_a_new_password_is_told_once_and_ends_what_the_old_one_opened(adas: Client) -> None:
    give_password(alice())
    alices = signed_in(alice())
    changed = told(adas.patch("/api/people/alice", {"new_password": True}, JSON), 200)
    assert User.objects.get(username="alice").check_password(changed["initial_password"])
    assert alices.get("/api/session").json()["user"] is None
    assert "initial_password" not in told(adas.get("/api/people/alice"), 200)
    assert told(adas.patch("/api/people/alice", {"display_name": "A"}, JSON), 200)["initial_password"] is None
    event = AuditEvent.objects.filter(action="account changed").order_by("pk")[0]
    assert event.details["changed"] == "password"
    assert changed["initial_password"] not in str(AuditEvent.objects.values_list("details", flat=True))


def test_it_is_told_what_guards_an_account(adas: Client, django_assert_max_num_queries: Any) -> None:
    Authenticator.objects.create(user=alice(), type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=tess(), type=Authenticator.Type.RECOVERY_CODES, data={})
    give_password(bob())
    with django_assert_max_num_queries(20):
        everyone = told(adas.get("/api/people"), 200)["people"]
    guarded = {person["username"]: person["second_factor"] for person in everyone}
    assert guarded == {"ada": False, "alice": True, "bob": False, "tess": False}
    assert told(adas.get("/api/people/alice"), 200)["second_factor"] is True


def test_the_last_administrator_stays(adas: Client) -> None:
    for change in ({"role": "patient"}, {"is_active": False}):
        told(adas.patch("/api/people/ada", change, JSON), 400)
    assert User.objects.get(username="ada").role == "administrator"
    assert told(adas.get("/api/people/ada"), 200)["is_active"] is True


def test_a_referrer_is_named_by_an_administrator(adas: Client, study: Study) -> None:
    from pacs.catalog.names import name_key

    Study.objects.update(referring_physician_key=name_key("Doe^Jane"))
    body = {"username": "jane", "role": "referrer", "referring_physician": "Doe^Jane"}
    assert told(adas.post("/api/people", body, JSON), 201)["referring_physician"] == "doe jane"
    assert visible_studies(actor(User.objects.get(username="jane"))).count() == 1
    told(adas.patch("/api/people/jane", {"referring_physician": ""}, JSON), 200)
    assert visible_studies(actor(User.objects.get(username="jane"))).count() == 0


def test_reading_accounts_is_written_down(adas: Client) -> None:
    adas.get("/api/people")
    adas.get("/api/people/ADA")
    events = AuditEvent.objects.filter(action="accounts read").order_by("pk")
    assert [event.details for event in events] == [{}, {"account": "ada"}]
