"""What is registered in one turn is as if each had had its own: counts, numbers, names and conflicts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from pacs.catalog import statements
from pacs.catalog.arrivals import newest
from pacs.catalog.models import Instance, Patient, Series, Study, StudyWord
from pacs.catalog.register import Registered, register_instance
from pacs.catalog.turn import Turn, own_turn
from tests.pacs.catalog.kept import file_of, header, register

pytestmark = pytest.mark.django_db


@contextmanager
def one_turn() -> Iterator[Turn]:
    with transaction.atomic(), own_turn() as turn:
        yield turn


def put(turn: Turn, blob: str = "", **attributes: Any) -> Registered:
    made = header(**attributes)
    return register_instance(turn, made, file_of(blob or made.sop_instance_uid))


def counts(row: Study | Series) -> tuple[int, int]:
    row.refresh_from_db()
    return row.number_of_instances, row.arrival


@pytest.mark.parametrize("is_known", [True, False])
def test_counts_of_a_turn_are_those_of_its_objects(is_known: bool) -> None:
    if is_known:
        register(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1")
    before = newest().number
    with one_turn() as turn:
        first = put(turn, StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1")
        put(turn, StudyInstanceUID="1.3", SeriesInstanceUID="1.3.1")
        put(turn, StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1")
        last = put(turn, StudyInstanceUID="1.2", SeriesInstanceUID="1.2.2", Modality="SR")
    assert (first.arrival, last.arrival, newest().number) == (before + 1, before + 4, before + 4)
    study = Study.objects.get(study_instance_uid="1.2")
    assert counts(study) == (is_known + 3, before + 4)
    assert (study.number_of_series, study.modalities_in_study) == (2, "\\CT\\SR\\")
    assert counts(Series.objects.get(series_instance_uid="1.2.1")) == (is_known + 2, before + 3)
    assert counts(Series.objects.get(series_instance_uid="1.2.2")) == (1, before + 4)
    assert counts(Study.objects.get(study_instance_uid="1.3")) == (1, before + 2)
    assert register().arrival == before + 5


def test_two_studies_of_one_patient_in_a_turn_tell_of_one_patient() -> None:
    register(StudyInstanceUID="1.2", PatientName="Doe^Jane")
    with one_turn() as turn:
        put(turn, StudyInstanceUID="1.2", PatientName="Doe^Jane")
        put(turn, StudyInstanceUID="1.3", PatientName="Roe^Jane")
        back = put(turn, StudyInstanceUID="1.2", PatientName="Doe^Jane")
    assert back.patient_otherwise == ("name",)
    assert Patient.objects.get().name == "Doe^Jane"
    for study in Study.objects.all():
        words = set(StudyWord.objects.filter(study=study).values_list("word", flat=True))
        assert "doe" in words
        assert "roe" not in words


def test_what_two_objects_of_a_turn_say_newly_is_taken_from_both() -> None:
    with one_turn() as turn:
        put(turn, StudyInstanceUID="1.2", StudyDescription="Chest", AccessionNumber="")
        put(turn, StudyInstanceUID="1.2", StudyDescription="Abdomen", AccessionNumber="B7")
        put(turn, StudyInstanceUID="1.2", StudyDescription="", AccessionNumber="")
    study = Study.objects.get()
    assert (study.study_description, study.accession_number) == ("Abdomen", "B7")
    words = set(StudyWord.objects.values_list("word", flat=True))
    assert words >= {"abdomen", "b7"}
    assert "chest" not in words


@pytest.mark.parametrize(
    ("outcome", "other"),
    [
        ("duplicate", {"SOPInstanceUID": "1.2.1.1", "blob": "a"}),
        ("conflict", {"SOPInstanceUID": "1.2.1.1", "blob": "b"}),
        ("conflict", {"StudyInstanceUID": "1.3"}),
        ("conflict", {"PatientID": "another", "PatientName": "Else^Somebody"}),
    ],
)
def test_p4_what_was_registered_in_the_same_turn_is_known(outcome: str, other: dict[str, str]) -> None:
    names = {"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.1"}
    with one_turn() as turn:
        first = put(turn, "a", SOPInstanceUID="1.2.1.1", **names)
        second = put(turn, **{**names, **other})
        put(turn, **names)
    assert (second.outcome, second.instance) == (outcome, first.instance)
    assert Instance.objects.count() == 2
    assert counts(Study.objects.get()) == (2, newest().number)


def put_two_and_fail(names: dict[str, str]) -> None:
    with one_turn() as turn:
        put(turn, **names)
        put(turn, **names)
        raise ZeroDivisionError


def test_a_turn_that_is_undone_leaves_nothing_behind() -> None:
    register(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1")
    before = newest().number
    with pytest.raises(ZeroDivisionError):
        put_two_and_fail({"StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.1"})
    assert (newest().number, counts(Study.objects.get())) == (before, (1, before))
    assert register(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1").arrival == before + 1
    assert counts(Study.objects.get()) == (2, before + 1)


def test_the_next_object_of_a_turn_asks_for_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    done = statements._done

    def noting(database: Any, sql: str, values: Any, told_by: Any) -> Any:
        asked.append(sql)
        return done(database, sql, values, told_by)

    register(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1")
    monkeypatch.setattr(statements, "_done", noting)
    told = []
    with one_turn() as turn:
        asked.clear()  # of the turn itself
        for _ in range(3):
            put(turn, StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1")
            told.append(len(asked))
    first, second, third = told
    assert (first, second - first, third - second) == (4, 3, 3), asked
    assert len(asked) - third == 3, asked[third:]  # series, study, the last number
