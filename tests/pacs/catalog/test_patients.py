"""Whose study it is."""

from __future__ import annotations

import pytest

from pacs.catalog.models import Instance, Patient, Series, Study
from pacs.catalog.patients import identity_key
from tests.pacs.catalog.kept import header, register

pytestmark = pytest.mark.django_db


def patients_of(*studies: dict[str, str]) -> list[int]:
    """The patient of each of these studies, numbered in their order of appearance."""
    for attributes in studies:
        register(**attributes)
    pks = [study.patient_id for study in Study.objects.order_by("pk")]
    return [sorted(set(pks)).index(pk) for pk in pks]


def test_the_same_id_of_the_same_issuer_is_one_patient() -> None:
    assert patients_of({"PatientID": "7"}, {"PatientID": "7", "PatientName": "Roe^Jane"}) == [0, 0]


def test_the_same_id_of_another_issuer_is_another() -> None:
    one, other = {"PatientID": "7", "IssuerOfPatientID": "A"}, {"PatientID": "7", "IssuerOfPatientID": "B"}
    assert patients_of(one, other, {"PatientID": "7"}) == [0, 1, 2]


def test_without_an_id_every_study_has_a_patient_of_its_own() -> None:
    assert patients_of({"PatientID": ""}, {"PatientID": ""}) == [0, 1]


@pytest.mark.filterwarnings("ignore:The ")
def test_two_long_ids_that_begin_alike_are_two() -> None:
    begin = "9" * 300
    assert patients_of({"PatientID": begin + "1"}, {"PatientID": begin + "2"}) == [0, 1]
    assert set(Patient.objects.values_list("patient_id", flat=True)) == {"9" * 64}


def test_no_id_can_pass_for_another_kind_of_key() -> None:
    patient = header(PatientID="study", IssuerOfPatientID="").patient
    nameless = header(PatientID="").patient
    assert identity_key(patient, "1.2.3") != identity_key(nameless, "1.2.3")
    assert identity_key(header(PatientID="B", IssuerOfPatientID="A").patient, "1") != identity_key(
        header(PatientID="A B", IssuerOfPatientID="").patient, "1"
    )


def test_the_last_file_of_this_patient_is_believed_in_what_it_says() -> None:
    register(PatientID="7", PatientSex="F", PatientBirthDate="19700131")
    register(PatientID="7", PatientSex="", PatientBirthDate="19700201")
    patient = Patient.objects.get()
    assert (patient.sex, str(patient.birth_date)) == ("F", "1970-02-01")


JANE = {"PatientID": "7", "PatientName": "Doe^Jane", "PatientBirthDate": "19700131"}
JOHN = {"PatientID": "7", "PatientName": "Public^John", "PatientBirthDate": "19550202"}


def test_an_id_given_to_two_people_is_two_patients_and_each_keeps_their_studies() -> None:
    assert patients_of(JANE, JOHN, JANE, JOHN) == [0, 1, 0, 1]
    assert list(Patient.objects.order_by("pk").values_list("name", flat=True)) == ["Doe^Jane", "Public^John"]


def test_the_second_of_an_id_may_marry_too_and_a_third_is_a_third() -> None:
    married = {**JOHN, "PatientName": "Smith^John"}
    third = {**JOHN, "PatientName": "Third^One", "PatientBirthDate": "20010101"}
    assert patients_of(JANE, JOHN, married, third, married) == [0, 1, 1, 2, 1]


@pytest.mark.parametrize("slip", [{"PatientName": "Roe^Jane"}, {"PatientBirthDate": "19700201"}])
def test_either_the_name_or_the_birth_date_alone_makes_nobody_another(slip: dict[str, str]) -> None:
    assert patients_of(JANE, {**JANE, **slip}) == [0, 0]


def test_the_same_files_again_in_their_order_make_the_same_patients() -> None:
    """Promise P5: the catalogue is made again from the files."""
    files = [
        {**one, "StudyInstanceUID": f"1.2.{place}"} for place, one in enumerate((JANE, JOHN, JANE, JOHN))
    ]
    patients_of(*files)
    keys = list(Study.objects.order_by("study_instance_uid").values_list("patient__identity_key", flat=True))
    for model in (Instance, Series, Study, Patient):
        model.objects.all().delete()
    patients_of(*files)
    again = Study.objects.order_by("study_instance_uid").values_list("patient__identity_key", flat=True)
    assert list(again) == keys


def test_two_scripts_of_one_name_are_no_other_name() -> None:
    assert patients_of(
        {**JANE, "PatientName": "Yamada^Tarou=山田^太郎"},
        {**JANE, "PatientName": "=山田^太郎", "PatientBirthDate": "19700201"},
    ) == [0, 0]
