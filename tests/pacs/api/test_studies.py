"""GET api/studies: what the app's list asks, and what is written down of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pacs.access import searches
from pacs.access.models import AuditEvent
from pacs.catalog.models import Study
from tests.pacs.catalog.kept import many_studies, register, study
from tests.people import alice, bearer, bob, charlie, granted, paul, pia, signed_in, tied

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_searched_yet() -> None:
    searches.forget()
    cache.clear()


@pytest.fixture
def alices() -> Client:
    return signed_in(alice())


def ask(client: Client, **query: Any) -> Any:
    names = {"begin": "from", "end": "to"}
    answer = client.get("/api/studies", {names.get(name, name): value for name, value in query.items()})
    assert answer.status_code == 200, answer.content
    return answer.json()


def uids(page: Any) -> list[str]:
    return [row["uid"] for row in page["studies"]]


@pytest.mark.parametrize("query", [{}, {"modality": "CT"}, {"search": "m0000"}])
def test_whom_some_is_open_to_turns_the_pages_of_everybodys_list_less_the_rest(query: dict[str, str]) -> None:
    many_studies(60)
    few, arrival = [], 0
    for number, one in enumerate(Study.objects.order_by("study_moment", "pk")):
        if number % 3:
            few.append(one.study_instance_uid)
            Study.objects.filter(pk=one.pk).update(arrival=1000 - number)
            arrival = max(arrival, 1000 - number)
            granted(charlie(), one)
    charlies, found, cursor = signed_in(charlie()), list[str](), ""
    while cursor or not found:
        page = ask(charlies, limit=7, **query, **({"cursor": cursor} if cursor else {}))
        assert page["arrival"] == arrival
        found += uids(page)
        cursor = page["next"]
    everything = uids(ask(signed_in(alice()), limit=100, **query))
    assert found == [uid for uid in everything if uid in few]
    assert len(found) > 7


def test_a_study_is_told_in_the_words_the_app_reads(alices: Client) -> None:
    kept = study(
        StudyInstanceUID="1.2.3",
        PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう",
        PatientID="P7",
        PatientBirthDate="19700131",
        PatientSex="M",
        PatientAge="054Y",
        StudyDescription="Head",
        ReferringPhysicianName="Bob^Referrer",
        InstitutionName="Here",
    )
    page = ask(alices)
    assert page == {
        "studies": [
            {
                "uid": "1.2.3",
                "patient": {
                    "name": {
                        "alphabetic": "Yamada^Tarou",
                        "ideographic": "山田^太郎",
                        "phonetic": "やまだ^たろう",
                    },
                    "id": "P7",
                    "birth_date": "1970-01-31",
                    "sex": "M",
                    "age": "054Y",
                },
                "date": "2024-01-02",
                "time": "03:04:05",
                "description": "Head",
                "accession_number": "A1",
                "modalities": ["CT"],
                "number_of_series": 1,
                "number_of_instances": 1,
                "referring_physician": "Bob^Referrer",
                "institution": "Here",
                "received_at": kept.received_at.isoformat(),
                "thumbnail": "/view/studies/1.2.3/thumbnail?v=1",
            }
        ],
        "next": None,
        "total": 1,
        "arrival": 1,
    }


def test_a_study_that_says_nothing_is_told_too(alices: Client) -> None:
    study(PatientName="", PatientID="", StudyDate="", StudyTime="", AccessionNumber="", Modality="")
    row = ask(alices)["studies"][0]
    assert (row["date"], row["time"], row["patient"]["birth_date"]) == (None, None, None)
    assert row["patient"]["name"] == {"alphabetic": "", "ideographic": "", "phonetic": ""}
    assert row["modalities"] == []


def test_pages_follow_each_other_newest_first_whatever_arrives_in_between(alices: Client) -> None:
    days = ["20240101", "20240103", "", "20240102", "20240103"]
    made = [study(StudyDate=day, PatientID=str(number)) for number, day in enumerate(days)]
    expected = [made[place].study_instance_uid for place in (4, 1, 3, 0, 2)]
    first = ask(alices, limit=2)
    assert (uids(first), first["total"]) == (expected[:2], None)
    study(StudyDate="20250101", PatientID="new")
    second = ask(alices, limit=2, cursor=first["next"])
    assert uids(second) == expected[2:4]
    third = ask(alices, limit=2, cursor=second["next"])
    assert (uids(third), third["next"], third["total"]) == (expected[4:], None, None)


def test_words_modalities_days_and_uids_narrow_the_list(alices: Client) -> None:
    one = study(
        PatientName="Müller^Jürgen", PatientID="A-17", StudyDescription="CT Schädel", StudyDate="20240301"
    )
    two = study(
        PatientName="Meyer^Jana", PatientID="B-18", Modality="MR", AccessionNumber="X99", StudyDate="20240401"
    )
    expected: dict[tuple[tuple[str, str], ...], list[str]] = {
        (("search", "mull"),): [one.study_instance_uid],
        (("search", "MÜLLER j"),): [one.study_instance_uid],
        (("search", "j"),): [two.study_instance_uid, one.study_instance_uid],
        (("search", "ürgen"),): [],
        (("search", "a-17"),): [one.study_instance_uid],
        (("search", "schadel"),): [one.study_instance_uid],
        (("search", "x99"),): [two.study_instance_uid],
        (("search", " *%_\\' "),): [two.study_instance_uid, one.study_instance_uid],
        (("modality", "MR"),): [two.study_instance_uid],
        (("modality", "CT,MR"),): [two.study_instance_uid, one.study_instance_uid],
        (("modality", "C"),): [],
        (("begin", "2024-03-02"),): [two.study_instance_uid],
        (("end", "2024-03-01"),): [one.study_instance_uid],
        (("begin", "2024-03-01"), ("end", "2024-04-01"), ("modality", "CT")): [one.study_instance_uid],
        (("uids", f"{one.study_instance_uid},9.9"),): [one.study_instance_uid],
    }
    for query, found in expected.items():
        assert uids(ask(alices, **dict(query))) == found, query


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "1"}, "cursor"),
        ({"cursor": "1-2-3"}, "cursor"),
        ({"cursor": f"{10**30}-1"}, "cursor"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2024-02-30"}, "to"),
        ({"uids": "../etc"}, "uids"),
        ({"uids": ",".join(["1.2"] * 201)}, "uids"),
        ({"modality": "CT\0"}, "modality"),
    ],
)
def test_what_cannot_be_understood_is_said(alices: Client, query: dict[str, str], parameter: str) -> None:
    answer = alices.get("/api/studies", query)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["fields"]["parameter"]) == ("bad_request", parameter)
    assert error["fields"]["reason"]


@pytest.mark.parametrize("search", ["\0", "'; --", "a" * 10_000, "%", "\ud7ff💀", "[*"])
def test_anything_may_be_typed(alices: Client, search: str) -> None:
    study()
    ask(alices, search=search)


def test_a_page_is_read_in_as_many_queries_as_a_row(
    alices: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many_studies(120)
    ask(alices, search="a", limit=2)
    # Session, account, device, second factor, role, groups, institutions; newest arrival, page.
    with django_assert_max_num_queries(9):
        assert len(ask(alices, search="a", limit=100)["studies"]) > 10


def test_p13_everyone_finds_what_is_open_to_them_and_no_number_tells_of_more() -> None:
    pias = study(PatientID="PIA", PatientName="Pia^P", ReferringPhysicianName="Bob^Referrer")
    pauls = study(PatientID="PAUL", PatientName="Paul^P", ReferringPhysicianName="Else^Someone")
    expected = {
        tied(pia(), pias.patient): [pias],
        tied(paul(), pauls.patient): [pauls],
        bob(): [pias],
        charlie(): [],
        granted(charlie(), pauls): [pauls],
        alice(): [pauls, pias],
    }
    seen_before = {}
    for user, open_to_them in expected.items():
        if user == charlie() and not open_to_them:
            continue  # before the grant: test_a_referrer_named_on_nothing
        page = ask(signed_in(user))
        assert uids(page) == [one.study_instance_uid for one in open_to_them], user.username
        assert page["total"] == len(open_to_them)
        assert page["arrival"] == max(one.arrival for one in open_to_them)
        seen_before[user] = ask(signed_in(user), search="p")
    # A study of somebody else comes in: nothing of it is seen, not even that something came.
    study(PatientID="ELSE", PatientName="Peter^P")
    for user, before in seen_before.items():
        after = ask(signed_in(user), search="p")
        assert (after == before) is (user != alice()), user.username


def test_a_referrer_named_on_nothing_finds_nothing() -> None:
    study()
    assert ask(signed_in(charlie())) == {"studies": [], "next": None, "total": 0, "arrival": 0}


def test_nobody_is_told_to_sign_in() -> None:
    answer = signed_in(None).get("/api/studies")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


def searched() -> list[str]:
    """What the trail says by which searches were made."""
    events = AuditEvent.objects.filter(action="studies searched").order_by("pk")
    return [event.details["by"] for event in events]


def test_p17_a_search_is_written_down_once_and_not_for_every_letter(
    alices: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(PatientName="Schmidt^Jo")
    ask(alices)
    for typed in ("s", "sc", "schm", "sch"):
        ask(alices, search=typed)
    assert searched() == ["", "text"]
    ask(alices, search="schm", cursor="1-1")
    assert searched() == ["", "text"]
    ask(alices, search="j")  # another search
    ask(alices, search="jo", modality="CT")
    ask(alices, search="jo", modality="CT,MR")
    assert searched() == ["", "text", "text", "modality, text", "modality, text"]
    monkeypatch.setattr(searches, "SAME_SEARCH_S", -1.0)
    ask(alices, search="jo", modality="CT,MR")
    assert len(searched()) == 6


def test_p17_another_session_and_every_key_search_for_themselves(alices: Client) -> None:
    study()
    ask(alices, search="doe")
    ask(signed_in(alice()), search="doe")
    Client().get("/api/studies", {"search": "doe"}, headers=bearer(alice()))
    assert searched() == ["text"] * 3


def test_p16_the_trail_does_not_say_for_whom(alices: Client) -> None:
    study(PatientName="Geheim^Gisela")
    ask(alices, search="Geheim")
    event = AuditEvent.objects.get(action="studies searched")
    assert "eheim" not in str(vars(event))
    assert (event.actor_label, event.outcome) == ("alice", "ok")
