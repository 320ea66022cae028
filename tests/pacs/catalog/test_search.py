"""Attribute matching (PS3.4 C.2.2.2), and that a search reads by an index."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from pacs.catalog.found import find
from pacs.catalog.levels import Level
from pacs.catalog.listed import page_of
from pacs.catalog.models import Instance, Series, Study
from pacs.catalog.rules import Rules
from pacs.catalog.search import Place, StudyFilter, list_studies, parse_place
from pacs.errors import BadRequest
from tests.pacs.catalog.kept import many_studies, register, study

pytestmark = pytest.mark.django_db

PEOPLE: dict[str, dict[str, Any]] = {
    "doe": {"PatientName": "Doe^Jane", "PatientID": "A1", "StudyTime": "235959"},
    "doering": {
        "PatientName": "Döring^Jan",
        "PatientID": "A12",
        "StudyDate": "20240103",
        "StudyTime": "100000",
    },
    "alone": {"PatientName": "Doe", "PatientID": "a1", "StudyDate": "20240104", "StudyTime": "1030"},
    "yamada": {
        "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "PatientID": "B[1]",
        "StudyDate": "20240105",
        "StudyTime": "103059.5",
    },
    "nobody": {"PatientName": "", "PatientID": "", "StudyDate": "", "StudyTime": ""},
}


@pytest.fixture
def names() -> dict[str, str]:
    """The study UIDs of the people above, and their short names."""
    return {
        study(**{"AccessionNumber": name, **given}).study_instance_uid: name for name, given in PEOPLE.items()
    }


def found(names: dict[str, str], *, fuzzy: bool = False, **keys: str) -> list[str]:
    rows = find(Level.STUDY, Study.objects.all(), keys, rules=Rules(fuzzy=fuzzy)).ordered
    return sorted(names[row.study_instance_uid] for row in rows)


EVERYONE = sorted(PEOPLE)
BY_NAME = {
    "Doe^Jane": ["doe"],
    "DOE^JANE": ["doe"],
    "Doe": ["alone"],
    "Doe*": ["alone", "doe"],
    "Do*": ["alone", "doe", "doering"],
    "döring*": ["doering"],
    "DORING^JAN": ["doering"],
    "Doe^*": ["alone", "doe"],
    "*jan*": ["doe", "doering"],
    "D?e^J??e": ["doe"],
    "Do?": ["alone"],
    "*": EVERYONE,
    "": EVERYONE,
    "山田^太郎": ["yamada"],
    "山田*": ["yamada"],
    "*太郎": ["yamada"],
    "やまだ^*": ["yamada"],
    "ヤマダ^タロウ": ["yamada"],
    "Yamada^Tarou=山田^太郎": ["yamada"],
    "yamada*=山田*": ["yamada"],
    "=山田^太郎": ["yamada"],
    "山田^太郎=Yamada^Tarou": [],
    "Yamada^Tarou=": ["yamada"],
    "tarou": [],
    "[D]oe*": [],
}


@pytest.mark.parametrize("value", BY_NAME)
def test_names_match_without_case_and_accents_in_any_group(names: dict[str, str], value: str) -> None:
    assert found(names, PatientName=value) == BY_NAME[value]


def test_fuzzy_names_match_by_the_beginnings_of_their_words(names: dict[str, str]) -> None:
    expected = {
        "jan do": ["doe", "doering"],
        "tar yam": ["yamada"],
        "太": ["yamada"],
        "山田太郎": ["yamada"],
        "ane": [],
    }
    for value, people in expected.items():
        assert found(names, fuzzy=True, PatientName=value) == people, value


BY_KEY: list[tuple[dict[str, Any], list[str]]] = [
    ({"PatientID": "A1"}, ["doe"]),
    ({"PatientID": "A*"}, ["doe", "doering"]),
    ({"PatientID": "A?"}, ["doe"]),
    ({"PatientID": "?1"}, ["alone", "doe"]),
    ({"PatientID": "B[1]"}, ["yamada"]),
    ({"PatientID": "B[1]*"}, ["yamada"]),
    ({"PatientID": "B[*]"}, ["yamada"]),
    ({"PatientID": "A%"}, []),
    ({"PatientID": "A_*"}, []),
    ({"AccessionNumber": "*o*", "PatientID": "A*"}, ["doe", "doering"]),
    ({"StudyDate": "20240103"}, ["doering"]),
    ({"StudyDate": "2024-01-03"}, ["doering"]),
    ({"StudyDate": "20240103-20240104"}, ["alone", "doering"]),
    ({"StudyDate": "20240104-"}, ["alone", "yamada"]),
    ({"StudyDate": "-20240103"}, ["doe", "doering"]),
    ({"StudyDate": "20240110-20240101"}, []),
    ({"StudyTime": "10"}, ["alone", "doering", "yamada"]),
    ({"StudyTime": "1030"}, ["alone", "yamada"]),
    ({"StudyTime": "103059"}, ["yamada"]),
    ({"StudyTime": "103059.5"}, ["yamada"]),
    ({"StudyTime": "1000-1030"}, ["alone", "doering", "yamada"]),
    ({"StudyTime": "1031-"}, ["doe"]),
    ({"StudyTime": "-1000"}, ["doering"]),
    # Both ranges are one of moments: from the 2nd at 23:59 to the 4th at 10:30 (PS3.4 C.2.2.2.5).
    ({"StudyDate": "20240102-20240104", "StudyTime": "2359-1030"}, ["alone", "doe", "doering"]),
    ({"StudyDate": "20240103-", "StudyTime": "1001-"}, ["alone", "yamada"]),
    ({"StudyDate": "20240103-20240104", "StudyTime": "10"}, ["alone", "doering"]),
    ({"ModalitiesInStudy": "CT"}, EVERYONE),
    ({"ModalitiesInStudy": "C"}, []),
    ({"ModalitiesInStudy": "C?"}, EVERYONE),
    ({"ModalitiesInStudy": "MR\\CT"}, EVERYONE),
    ({"ModalitiesInStudy": "MR,SR"}, []),
    ({"PatientBirthDate": "19700101"}, []),
]


@pytest.mark.parametrize(("keys", "people"), BY_KEY, ids=str)
def test_keys_match_as_the_standard_says(
    names: dict[str, str], keys: dict[str, Any], people: list[str]
) -> None:
    assert found(names, **keys) == people


def test_lists_of_uids_match_any_of_them(names: dict[str, str]) -> None:
    one, other = list(names)[:2]
    for separator in (",", "\\", ", "):
        assert len(found(names, StudyInstanceUID=f"{one}{separator}{other}")) == 2
    assert found(names, StudyInstanceUID=one) == [names[one]]


def test_newest_come_first_and_those_without_a_date_last(names: dict[str, str]) -> None:
    rows = find(Level.STUDY, Study.objects.all(), {}).ordered
    assert [names[row.study_instance_uid] for row in rows] == ["yamada", "alone", "doering", "doe", "nobody"]


def test_series_and_instances_are_found_by_their_own_keys_and_those_above() -> None:
    for number, modality in enumerate(("CT", "CT", "SR")):
        register(
            StudyInstanceUID="1.2.3",
            SeriesInstanceUID=f"1.2.3.{number}",
            SOPInstanceUID=f"1.2.3.{number}.1",
            Modality=modality,
            SeriesNumber=str(3 - number),
            SeriesDescription=f"Recon {number}",
        )
    study(PatientID="other", PatientName="Roe^Jane", Modality="CT")

    def series(**keys: str) -> list[str]:
        return [row.series_instance_uid for row in find(Level.SERIES, Series.objects.all(), keys).ordered]

    assert series(StudyInstanceUID="1.2.3") == ["1.2.3.2", "1.2.3.1", "1.2.3.0"]
    assert series(Modality="CT", PatientName="doe*") == ["1.2.3.1", "1.2.3.0"]
    assert series(Modality="CT,SR", PatientID="1234", SeriesDescription="Recon ?") == [
        "1.2.3.2",
        "1.2.3.1",
        "1.2.3.0",
    ]
    assert series(SeriesNumber="2") == ["1.2.3.1"]
    keys = {"Modality": "SR", "PatientName": "doe*", "StudyDate": "2024-01-02"}
    instances = find(Level.INSTANCE, Instance.objects.all(), keys).ordered
    assert [row.sop_instance_uid for row in instances] == ["1.2.3.2.1"]


@pytest.mark.parametrize(
    "keys",
    [
        {"KVP": "120"},
        {"Modality": "CT"},
        {"ModalitiesInStudy": ","},
        {"NumberOfStudyRelatedInstances": "one"},
        {"NumberOfPatientRelatedStudies": "1"},
        {"RetrieveURL": "x"},
        {"OtherPatientIDsSequence": "x"},
        {"PatientComments.PatientID": "x"},
        {"PatientName": "a " * 40},
        {"PatientName": "a^*" * 40},
        {"StudyInstanceUID": "x"},
        {"StudyInstanceUID": ","},
        {"StudyDate": "-"},
        {"StudyDate": "2024"},
        {"StudyDate": "20240101-2024", "StudyTime": "10-11"},
        {"StudyTime": "25"},
        {"StudyTime": "10-11-12"},
        {"PatientName": "^"},
        {"PatientID": "\0"},
        {"PatientID": "x" * 1025},
    ],
    ids=str,
)
def test_what_cannot_be_matched_is_refused(keys: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as refused:
        list(find(Level.STUDY, Study.objects.all(), keys).ordered)
    assert refused.value.fields["reason"]


def test_places_in_the_list_are_told_and_understood() -> None:
    assert parse_place(str(Place(20240102030405, 7))) == Place(20240102030405, 7)
    for text in ("", "1", "1-", "-1-2", "1-2-3", "a-b", "1" * 19 + "-1", "¹-²"):
        with pytest.raises(BadRequest):
            parse_place(text)


def test_p13_rows_that_were_taken_away_before_change_no_count_and_no_cursor(names: dict[str, str]) -> None:
    rows = Study.objects.filter(accession_number="doe")
    before = page_of(list_studies(rows, StudyFilter(search="d")), rows)
    study(PatientName="Dorn^Dora", PatientID="D")
    assert page_of(list_studies(rows, StudyFilter(search="d")), rows) == before
    assert len(before.studies) == 1


# --- how it is read ----------------------------------------------------------------------------


def plan(rows: QuerySet[Any]) -> str:
    """How the database would read these."""
    return rows.explain()


@pytest.fixture
def enough() -> None:
    """So many rows that an index pays, and the database's knowledge of them."""
    many_studies(2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize(
    ("asked", "after", "index"),
    [
        (StudyFilter(), None, "study_newest"),
        (StudyFilter(), Place(20100101000000, 5), "study_newest"),
        (StudyFilter(modalities=("CT",)), None, "study_newest"),
        (StudyFilter(search="m000123"), None, "word_prefix"),
        (StudyFilter(search="anbeco ct"), None, "word_prefix"),
    ],
    ids=str,
)
def test_a_list_is_read_by_its_index(
    enough: None, asked: StudyFilter, after: Place | None, index: str
) -> None:
    told = plan(list_studies(Study.objects.all(), asked, after)[:50])
    assert index in told
    if index == "study_newest":
        assert "TEMP B-TREE" not in told
        assert "Sort" not in told


def test_searches_by_key_are_read_by_their_index(enough: None) -> None:
    rows = Study.objects.all()
    for keys, index in {
        "StudyDate=20100101-20100131": "study_newest",
        "AccessionNumber=ACC0000123": "accession_number",
        "PatientID=M000123": "patient_id",
        "PatientName=Anbeco*": "word_prefix",
    }.items():
        keyword, value = keys.split("=")
        assert index in plan(find(Level.STUDY, rows, {keyword: value}).ordered[:50]), keys


def test_nothing_is_counted_to_answer(enough: None) -> None:
    queries = [
        list_studies(Study.objects.all(), StudyFilter(search="ct")),
        find(Level.STUDY, Study.objects.all(), {"PatientName": "a*"}).ordered,
        find(Level.SERIES, Series.objects.all(), {"Modality": "CT"}).ordered,
    ]
    for rows in queries:
        sql = str(rows.query).upper()
        assert "COUNT(" not in sql
        assert "GROUP BY" not in sql


def test_among_is_in_with_one_parameter_where_there_are_arrays() -> None:
    first, second, _ = (study(PatientID=number).pk for number in ("A", "B", "C"))
    rows = Study.objects.filter(pk__among=[first, second, 10**12])
    assert set(rows.values_list("pk", flat=True)) == {first, second}
    assert not Study.objects.filter(pk__among=[]).exists()
    parameters = rows.query.sql_with_params()[1]
    assert len(parameters) == (1 if connection.vendor == "postgresql" else 3)
