"""A share link as a SMART Health Link, from its making to what a program of others reads in it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle

from pacs.access import link_opening
from pacs.access.actors import Actor
from pacs.access.grants import revoke_grant
from pacs.access.models import AuditEvent, GuestLink, HealthLink, Notice
from pacs.access.share_links import Issued, extend_link, renew_pin, revoke_link
from pacs.api import health_links as door
from pacs.catalog.models import Instance, Patient, Series
from pacs.errors import BadRequest, NotFound
from pacs.health_links.issuing import issue_health_link
from tests.pacs.access.conftest import Kept, keep
from tests.people import PIN, actor, ada, alice, bob, charlie, granted, link_to, signed_in
from tests.receiving import Read, decrypted, read

pytestmark = pytest.mark.django_db
ORIGIN = "https://lightbox.example.org"
JSON: dict[str, Any] = {"content_type": "application/json"}
WRONG = "000000"


@pytest.fixture
def pias(db: None) -> Kept:
    link_opening.forget()
    pia = Patient.objects.create(
        identity_key="pia", patient_id="P1", name="Muster^Pia^^Dr", birth_date=date(1970, 2, 3), sex="F"
    )
    return keep(1, pia)


def as_health_link(issued: Issued, who: Actor | None = None) -> Read:
    return read(issue_health_link(issued.link, ORIGIN, actor=who or actor(alice())))


def ask(link: Read, passcode: str | None = PIN, **more: Any) -> Any:
    """The manifest as a program asks for it, which has no cookie of ours."""
    body = {"recipient": "Dr Miller's practice", **more}
    if passcode is not None:
        body["passcode"] = passcode
    headers = {"Origin": "https://viewer.example.com"}
    return Client().post(urlsplit(link.url).path, body, headers=headers, **JSON)


def the_bundle(link: Read) -> Any:
    answer = ask(link)
    assert answer.status_code == 200, answer.content
    (file,) = answer.json()["files"]
    return decrypted(file["embedded"], link.key)[1]


def resource(bundle: Any, kind: str) -> Any:
    (found,) = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]
    return found


def test_a_link_says_what_the_guide_wants(pias: Kept) -> None:
    issued = link_to(pias.study)
    link = as_health_link(issued)
    assert link.url.startswith(f"{ORIGIN}/api/shl/")
    assert len(link.url) <= 128
    assert (len(link.key), link.flag, link.version) == (43, "P", 1)
    assert link.expires_at == int(issued.link.expires_at.timestamp())
    assert link.label == "Medical images, shared by Dr Alice"


def test_a_program_reads_what_is_shared_and_where_to_see_it(pias: Kept) -> None:
    link = as_health_link(link_to(pias.study))
    answer = ask(link)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, no-store"
    (file,) = answer.json()["files"]
    assert (file["contentType"], file["fhirVersion"], file["status"]) == (
        "application/fhir+json",
        "4.0.1",
        "finalized",
    )
    header, bundle = decrypted(file["embedded"], link.key)
    assert header == {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"}
    Bundle.model_validate(bundle)
    study, patient = resource(bundle, "ImagingStudy"), resource(bundle, "Patient")
    assert study["identifier"] == [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.1"}]
    assert [one["uid"] for one in study["series"]] == ["1.2.1.1"]
    assert patient["name"][0]["text"] == "Dr Pia Muster"
    assert (patient["gender"], patient["birthDate"]) == ("female", "1970-02-03")
    assert study["subject"]["reference"] in [one["fullUrl"] for one in bundle["entry"]]


def test_the_viewer_that_it_names_is_that_link_and_asks_for_the_same_pin(pias: Kept) -> None:
    issued = link_to(pias.study)
    address = resource(the_bundle(as_health_link(issued)), "Endpoint")["address"]
    assert address.startswith(f"{ORIGIN}/s/{issued.link.public_id}#")
    secret = urlsplit(address).fragment
    assert secret != issued.secret
    shown = link_opening.Presented(issued.link.public_id, secret)
    assert link_opening.open_link(shown, PIN) == issued.link
    assert GuestLink.objects.get().openings == 2


def test_an_opening_is_counted_told_and_written_down(pias: Kept) -> None:
    link = as_health_link(link_to(pias.study))
    assert ask(link).status_code == 200
    shared = GuestLink.objects.get()
    assert (shared.openings, shared.last_opened_at is not None) == (1, True)
    (notice,) = Notice.objects.all()
    assert (notice.user, notice.what, notice.said_by) == (alice(), "opened", "Dr Miller's practice")
    event = AuditEvent.objects.get(action="link opened")
    assert (event.actor_kind, event.study_instance_uid) == ("link", "1.2.1")
    assert "Miller" not in json.dumps(event.details)  # anything may stand there: it is the sender's to read


def test_neither_the_key_nor_an_address_is_kept(pias: Kept) -> None:
    issued = link_to(pias.study)
    link = as_health_link(issued)
    token = link.url.rpartition("/")[2]
    viewer = urlsplit(resource(the_bundle(link), "Endpoint")["address"]).fragment
    rows = [*HealthLink.objects.values(), *GuestLink.objects.values(), *Notice.objects.values()]
    kept = json.dumps([*rows, *AuditEvent.objects.values()], default=str)
    for secret in (link.key, token, viewer, PIN, "Muster"):
        assert secret not in kept


def test_a_wrong_passcode_costs_a_try_and_the_last_one_locks(pias: Kept) -> None:
    link = as_health_link(link_to(pias.study))
    answers = [ask(link, WRONG) for _ in range(5)]
    assert [(one.status_code, one.json()) for one in answers] == [
        (401, {"remainingAttempts": left}) for left in (4, 3, 2, 1, 0)
    ]
    assert ask(link, PIN).status_code == 404
    assert [one.what for one in Notice.objects.all()] == ["locked"]
    assert AuditEvent.objects.filter(action="link answer wrong").count() == 5


def test_no_passcode_is_no_guess(pias: Kept) -> None:
    link = as_health_link(link_to(pias.study))
    assert (ask(link, None).status_code, ask(link, "").json()) == (401, {"remainingAttempts": 5})
    assert GuestLink.objects.get().tries_left == 5


def test_wrong_passcodes_are_counted_over_the_life_of_the_link(pias: Kept) -> None:
    issued = link_to(pias.study)
    link = as_health_link(issued)
    for left in (4, 3):
        assert ask(link, WRONG).json() == {"remainingAttempts": left}
        assert ask(link).status_code == 200
    assert GuestLink.objects.get().tries_left == 3
    link_opening.open_link(link_opening.Presented(issued.link.public_id, issued.secret), PIN)
    assert GuestLink.objects.get().tries_left == 3
    pin = renew_pin(GuestLink.objects.get(), actor=actor(alice()))
    assert ask(link, PIN).json() == {"remainingAttempts": 4}
    assert ask(link, pin).status_code == 200


@pytest.mark.parametrize("how", ["revoked", "expired", "used up", "not yet", "unknown", "made anew"])
def test_what_opens_nothing_is_answered_alike(how: str, pias: Kept) -> None:
    issued = link_to(pias.study, most_openings=2)
    link = as_health_link(issued)
    now = timezone.now()
    if how == "revoked":
        revoke_link(issued.link, actor=actor(alice()))
    if how == "expired":
        GuestLink.objects.update(expires_at=now)
    if how == "used up":
        assert [ask(link).status_code for _ in range(2)] == [200, 200]
    if how == "not yet":
        GuestLink.objects.update(not_before=now + timedelta(hours=1))
    if how == "unknown":
        link = Read(f"{ORIGIN}/api/shl/{'A' * 43}", link.key, 0, "P", "", 1)
    if how == "made anew":
        again = as_health_link(issued)
        assert ask(again).status_code == 200
    answer = ask(link)
    assert answer.status_code == 404
    assert {**answer.json()["error"], "request_id": ""} == {
        "code": "not_found",
        "message": "This does not exist, or you have no access to it.",
        "fields": {},
        "request_id": "",
    }


def test_it_ends_with_what_is_open_to_its_sender(pias: Kept) -> None:
    sender = granted(charlie(), pias.study)
    link = as_health_link(link_to(pias.study, sender), actor(sender))
    assert ask(link).status_code == 200
    revoke_grant(sender, pias.study, actor=actor(ada()))
    assert ask(link).status_code == 404


def test_what_ended_goes_on_by_the_same_link_when_it_is_extended(pias: Kept) -> None:
    issued = link_to(pias.study)
    link = as_health_link(issued)
    GuestLink.objects.update(expires_at=timezone.now())
    assert ask(link).status_code == 404
    extend_link(GuestLink.objects.get(), timezone.now() + timedelta(days=2), actor=actor(alice()))
    assert ask(link).status_code == 200


def test_a_file_that_is_too_long_to_embed_is_fetched_once_more_and_ends_with_the_link(pias: Kept) -> None:
    issued = link_to(pias.study)
    link = as_health_link(issued)
    (file,) = ask(link, embeddedLengthMax=100).json()["files"]
    assert "embedded" not in file
    path = urlsplit(file["location"]).path
    answer = Client().get(path)
    assert answer.headers["content-type"] == "application/jose"
    assert resource(decrypted(answer.content.decode(), link.key)[1], "ImagingStudy")
    exact = len(answer.content)
    assert "embedded" in ask(link, embeddedLengthMax=exact).json()["files"][0]
    assert "location" in ask(link, embeddedLengthMax=exact - 1).json()["files"][0]
    revoke_link(issued.link, actor=actor(alice()))
    assert Client().get(path).status_code == 404


def test_a_ticket_for_a_file_is_over_soon_and_cannot_be_made_up(
    pias: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = as_health_link(link_to(pias.study))
    (file,) = ask(link, embeddedLengthMax=0).json()["files"]
    path = urlsplit(file["location"]).path
    assert Client().get(path[:-1]).status_code == 404
    forged = signing.dumps(HealthLink.objects.get().pk, salt="another")
    assert Client().get(f"/api/shl/files/{forged}").status_code == 404
    monkeypatch.setattr(door, "TICKET_S", -1)
    assert Client().get(path).status_code == 404


def grown(kept: Kept) -> None:
    """A second series of the study and a second instance of its first."""
    other = Series.objects.create(
        study=kept.study, series_instance_uid="1.2.1.2", modality="SR", number_of_instances=1
    )
    for uid, series in (("1.2.1.1.2", kept.instance.series), ("1.2.1.2.1", other)):
        one = Instance.objects.get(pk=kept.instance.pk)
        one.pk, one.sop_instance_uid, one.series = None, uid, series
        one.save(force_insert=True)


@pytest.mark.parametrize(
    ("part", "series", "instances"),
    [
        ({}, ["1.2.1.1", "1.2.1.2"], []),
        ({"series": ["1.2.1.2"]}, ["1.2.1.2"], []),
        ({"instances": ["1.2.1.1.2"]}, ["1.2.1.1"], ["1.2.1.1.2"]),
    ],
)
def test_only_what_the_link_shows_is_told_of(part: Any, series: Any, instances: Any, pias: Kept) -> None:
    grown(pias)
    bundle = the_bundle(as_health_link(link_to(pias.study, **part)))
    Bundle.model_validate(bundle)
    study = resource(bundle, "ImagingStudy")
    assert sorted(one["uid"] for one in study["series"]) == series
    assert [one["uid"] for each in study["series"] for one in each.get("instance", [])] == instances
    assert study["numberOfSeries"] == len(series)
    if instances:
        assert study["numberOfInstances"] == len(instances)


@pytest.mark.parametrize(
    "terms", [{"challenge": "birth_date"}, {"most_openings": 1}], ids=["date of birth", "once"]
)
def test_some_links_cannot_be_one(terms: Any, pias: Kept) -> None:
    with pytest.raises(BadRequest):
        as_health_link(link_to(pias.study, **terms))
    assert not HealthLink.objects.exists()


def test_neither_a_nameless_link_nor_an_ended_one_can_be_one(pias: Kept) -> None:
    issued = link_to(pias.study)
    for change in ({"is_deidentified": True}, {"is_deidentified": False, "revoked_at": timezone.now()}):
        GuestLink.objects.update(**change)
        issued.link.refresh_from_db()
        with pytest.raises(BadRequest):
            as_health_link(issued)


def test_nobody_makes_one_of_the_link_of_another(pias: Kept) -> None:
    issued = link_to(pias.study)
    for other in (bob(), ada()):
        with pytest.raises(NotFound):
            as_health_link(issued, actor(other))


def test_its_sender_makes_it_over_http_once_it_is_clear_who_asks(pias: Kept) -> None:
    from tests.pacs.api.test_shares import fresh

    issued = link_to(pias.study)
    place = f"/api/shares/{issued.link.public_id}/health-link"
    sender = signed_in(alice())
    assert sender.post(place).json()["error"]["code"] == "not_fresh"
    assert fresh(sender).post(place).status_code == 201
    (told,) = sender.get("/api/shares").json()["shares"]
    assert (told["health_link"]["possible"], told["health_link"]["made_at"] is not None) == (True, True)
    answer = sender.post(place)
    link = read(answer.json()["shlink"])
    assert ask(link).status_code == 200
    assert sender.get("/api/notices").json()["notices"][0]["said_by"] == "Dr Miller's practice"
    assert AuditEvent.objects.filter(action="health link issued").count() == 2


def test_a_page_of_another_site_may_ask_and_gets_no_cookie(pias: Kept) -> None:
    link = as_health_link(link_to(pias.study))
    path = urlsplit(link.url).path
    preflight = Client().options(path, headers={"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-headers"] == "Content-Type"
    for answer in (
        preflight,
        ask(link),
        ask(link, WRONG),
        ask(Read(f"{ORIGIN}/api/shl/x", "", 0, "", "", 1)),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert not answer.cookies
    assert "access-control-allow-origin" not in Client().get("/api/session").headers


def test_who_asks_has_to_say_who_they_are(pias: Kept) -> None:
    link = as_health_link(link_to(pias.study))
    path = urlsplit(link.url).path
    assert Client().post(path, {"passcode": PIN}, **JSON).status_code == 400
    assert Client().post(path, {"recipient": "x", "passcode": PIN, "unknown": 1}, **JSON).status_code == 200
