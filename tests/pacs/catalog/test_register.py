"""The only writer of the catalogue: counts, modalities and words are kept; a name is taken once (P4)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from pacs.catalog.identity import NoIdentifiers
from pacs.catalog.models import Arrival, Instance, InstanceMetadata, Patient, Series, Study, StudyWord
from pacs.catalog.register import Registered, register_instance, with_modality
from pacs.catalog.turn import own_turn
from tests.pacs.catalog.kept import NO_PIXELS, blob_of, file_of, header, register

pytestmark = pytest.mark.django_db
SENDERS = 10


def study_of(registered: Registered) -> Study:
    return Study.objects.select_related("patient").get(pk=registered.instance.series.study_id)


def words(study: Study) -> set[str]:
    return set(StudyWord.objects.filter(study=study).values_list("word", flat=True))


def test_counts_and_modalities_are_kept_with_every_instance() -> None:
    uids = {"StudyInstanceUID": "1.2.3"}
    register(**uids, SeriesInstanceUID="1.2.3.1", Modality="CT")
    register(**uids, SeriesInstanceUID="1.2.3.1", Modality="CT")
    register(**uids, SeriesInstanceUID="1.2.3.2", Modality="SR")
    last = register(**uids, SeriesInstanceUID="1.2.3.3", Modality="CT")
    study = study_of(last)
    assert (study.number_of_series, study.number_of_instances) == (3, 4)
    assert study.modalities_in_study == "\\CT\\SR\\"
    counts = Series.objects.order_by("series_instance_uid").values_list("number_of_instances", flat=True)
    assert list(counts) == [2, 1, 1]
    assert InstanceMetadata.objects.count() == Instance.objects.count() == 4


def test_every_new_instance_takes_the_next_number_of_arrival_and_its_study_remembers_it() -> None:
    first, second = register(StudyInstanceUID="1.2.3"), register(StudyInstanceUID="1.2.4")
    assert second.arrival == first.arrival + 1 == Arrival.objects.get().number
    assert (study_of(first).arrival, study_of(second).arrival) == (first.arrival, second.arrival)


def test_p4_the_same_bytes_again_are_a_duplicate_and_change_nothing() -> None:
    first = register(SOPInstanceUID="1.2.3", blob="a")
    again = register(SOPInstanceUID="1.2.3", blob="a", PatientName="Another^Name")
    assert (again.outcome, again.instance, again.arrival) == ("duplicate", first.instance, 0)
    assert study_of(first).patient.name == "Doe^Jane"
    assert (Instance.objects.count(), study_of(first).number_of_instances) == (1, 1)


def test_p4_other_bytes_of_the_same_name_are_a_conflict_and_change_nothing() -> None:
    first = register(SOPInstanceUID="1.2.3", blob="a")
    other = register(SOPInstanceUID="1.2.3", blob="b")
    assert (other.outcome, other.instance) == ("conflict", first.instance)
    assert Instance.objects.get().blob == blob_of("a")
    assert Study.objects.count() == 1


def test_p4_a_series_known_in_another_study_is_a_conflict() -> None:
    first = register(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.1")
    other = register(StudyInstanceUID="1.2.4", SeriesInstanceUID="1.2.3.1", PatientID="other")
    assert (other.outcome, other.instance) == ("conflict", first.instance)
    assert (Study.objects.count(), Patient.objects.count(), Instance.objects.count()) == (1, 1, 1)
    assert Arrival.objects.get().number == 1


@pytest.mark.django_db(transaction=True)
def test_p4_ten_parallel_resends_are_one_row() -> None:
    made = header(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.1", SOPInstanceUID="1.2.3.1.1")
    assert sorted(one.outcome for one in at_once([made] * SENDERS, "same")) == ["duplicate"] * 9 + ["new"]
    assert (Instance.objects.count(), Study.objects.get().number_of_instances) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_p4_of_ten_others_at_once_one_is_kept() -> None:
    made = header(StudyInstanceUID="1.2.3", SeriesInstanceUID="1.2.3.1", SOPInstanceUID="1.2.3.1.1")
    assert sorted(one.outcome for one in at_once([made] * SENDERS)) == ["conflict"] * 9 + ["new"]
    assert Instance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_slices_of_a_new_study_at_once_are_all_counted() -> None:
    made = [
        header(
            StudyInstanceUID="1.2.3",
            SeriesInstanceUID=f"1.2.3.{place % 2}",
            SOPInstanceUID=f"1.2.3.0.{place}",
            Modality=("CT", "SR")[place % 2],
        )
        for place in range(SENDERS)
    ]
    assert [one.outcome for one in at_once(made)] == ["new"] * SENDERS
    study = Study.objects.get()
    assert (study.number_of_series, study.number_of_instances) == (2, SENDERS)
    assert study.modalities_in_study == "\\CT\\SR\\"
    assert study.arrival == Arrival.objects.get().number == SENDERS
    assert Patient.objects.count() == 1


def at_once(headers: list[Any], blob: str = "") -> list[Registered]:
    """Register all of these at the same moment, each from a thread and connection of its own."""
    start = threading.Barrier(len(headers))
    outcomes: list[Registered] = []

    def send(place: int) -> None:
        try:
            start.wait()
            with transaction.atomic(), own_turn() as turn:
                outcomes.append(register_instance(turn, headers[place], file_of(blob or str(place))))
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(place,)) for place in range(len(headers))]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return outcomes


def test_what_a_later_file_says_newly_is_taken_and_silence_changes_nothing() -> None:
    uids = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.1"}
    register(**uids, StudyDescription="", StudyDate="", StudyTime="")
    register(
        **uids, StudyDescription="Chest", StudyDate="20240102", StudyTime="030405", SeriesDescription="Axial"
    )
    last = register(**uids, StudyDescription="", StudyDate="", AccessionNumber="")
    study = study_of(last)
    assert (study.study_description, study.study_date) == ("Chest", date(2024, 1, 2))
    assert study.study_moment == 20240102030405
    assert study.accession_number == "A1"
    assert Series.objects.get().series_description == "Axial"
    assert {"chest", "a1", "jane"} <= words(study)


def test_a_series_keeps_the_modality_it_came_with() -> None:
    uids = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.1"}
    register(**uids, Modality="CT")
    study = study_of(register(**uids, Modality="MR"))
    assert study.modalities_in_study == "\\CT\\"


def test_a_renamed_patient_is_found_by_the_new_name_in_every_study() -> None:
    first = study_of(register(StudyInstanceUID="1.2.3"))
    second = study_of(register(StudyInstanceUID="1.2.4", PatientName="Roe^Jane"))
    assert first.patient == second.patient
    for study in (first, second):
        assert {"roe", "jane"} <= words(study)
        assert "doe" not in words(study)


OTHERS = (
    {"PatientID": "other"},
    {"PatientID": "other", "PatientName": "Other^One"},
    {"IssuerOfPatientID": "B"},
    {"PatientName": "Other^One", "PatientBirthDate": "19800101"},
    {"PatientID": "", "PatientName": "Other^One"},
    {"PatientID": "", "PatientBirthDate": "19800101"},
)


@pytest.mark.parametrize("other", OTHERS)
def test_p4_a_file_of_a_known_study_that_names_another_patient_is_a_conflict(other: dict[str, str]) -> None:
    known = {"StudyInstanceUID": "1.2.3", "IssuerOfPatientID": "A", "PatientBirthDate": "19700131"}
    first = register(**known)
    second = register(**{**known, **other})
    assert (second.outcome, second.instance) == ("conflict", first.instance)
    assert (Patient.objects.get().name, Instance.objects.count()) == ("Doe^Jane", 1)
    assert study_of(first).number_of_instances == 1


@pytest.mark.parametrize(
    "silent",
    [
        {"PatientID": ""},
        {"PatientID": "", "PatientName": "", "PatientBirthDate": ""},
        {"IssuerOfPatientID": ""},
        {"PatientName": "DOE^J"},
        {"PatientName": "Roe^Jane"},
        {"PatientBirthDate": "19700201"},
    ],
)
def test_a_file_that_says_less_of_its_patient_is_taken_and_so_is_one_slip(silent: dict[str, str]) -> None:
    known = {"StudyInstanceUID": "1.2.3", "IssuerOfPatientID": "A", "PatientBirthDate": "19700131"}
    register(**known)
    assert register(**{**known, **silent}).outcome == "new"
    assert Patient.objects.count() == 1


def test_a_study_without_an_id_takes_files_that_speak_for_nobody_else() -> None:
    register(StudyInstanceUID="1.2.3", PatientID="")
    assert register(StudyInstanceUID="1.2.3", PatientID="").outcome == "new"
    assert register(StudyInstanceUID="1.2.3", PatientID="7").outcome == "new"
    assert register(StudyInstanceUID="1.2.3", PatientID="", PatientName="Other^One").outcome == "conflict"


def test_what_a_file_says_otherwise_of_its_patient_is_told() -> None:
    first = register(StudyInstanceUID="1.2.3", PatientBirthDate="")
    assert first.patient_otherwise == ()
    assert register(StudyInstanceUID="1.2.4", PatientBirthDate="19700131").patient_otherwise == ()
    assert register(StudyInstanceUID="1.2.4", PatientName="DOE^JANE").patient_otherwise == ()
    changed = register(StudyInstanceUID="1.2.5", PatientName="Roe^Jane", PatientBirthDate="19700131")
    assert changed.patient_otherwise == ("name",)


def test_an_object_without_identifiers_is_not_registered() -> None:
    with pytest.raises(NoIdentifiers):
        register(StudyInstanceUID="")
    assert not Study.objects.exists()


def test_pixel_facts_that_are_none_are_refused() -> None:
    for wrong in (
        {"rows": -1},
        {"rows": 1 << 40},
        {"layout": "magic"},
        {"frame_table": b"odd"},
        {"rows": "4"},
    ):
        file = replace(file_of("x"), pixels={**NO_PIXELS, **wrong})
        with pytest.raises(ValueError), transaction.atomic(), own_turn() as turn:
            register_instance(turn, header(), file)


@pytest.mark.filterwarnings("ignore:The ")
def test_the_longest_values_fit_their_columns() -> None:
    long = "長" * 3000
    study = study_of(
        register(
            PatientName=f"{long}^{long}={long}",
            PatientID=long,
            StudyDescription=long,
            AccessionNumber=long,
            ReferringPhysicianName=long,
            Modality="M" * 40,
            SeriesDescription=long,
        )
    )
    assert len(study.patient.patient_id) == 64
    assert len(study.accession_number) == 64


def test_modalities_are_sorted_each_once_and_never_too_many() -> None:
    assert with_modality("", "CT") == "\\CT\\"
    assert with_modality("\\CT\\", "CT") == "\\CT\\"
    assert with_modality("\\CT\\", "AU") == "\\AU\\CT\\"
    assert with_modality("\\CT\\", "") == "\\CT\\"
    many = ""
    for number in range(100):
        many = with_modality(many, f"M{number:03}")
    assert len(many) <= 256
