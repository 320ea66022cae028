"""When samples are loaded, and who may then look at them. The loading itself is tested with the samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from pytest_django import Settings

from pacs.access.actors import actor_for_user
from pacs.access.models import User
from pacs.access.permit import visible_studies
from pacs.operations import first_start
from pacs.operations.first_start import SamplesFailed, SignIn, load_samples_with_accounts, samples_wanted
from pacs.samples.cast import SAMPLE_PATIENT_ID, SAMPLE_REFERRER_NAME
from tests import builders
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_samples(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two studies in place of the samples, which take a minute: Paula's, which names Dr. Adler, and another's."""
    settings.DATA = tmp_path
    settings.LOAD_SAMPLES = True

    def load() -> None:
        keep(builders.ct_slice(PatientID=SAMPLE_PATIENT_ID, ReferringPhysicianName=SAMPLE_REFERRER_NAME))
        keep(builders.ct_slice(PatientID="SAMPLE-0002"))

    monkeypatch.setattr(first_start, "_load_samples", load)


def seen_by(sign_in: SignIn) -> int:
    user = authenticate(username=sign_in.username, password=sign_in.password)
    assert isinstance(user, User), f"{sign_in.username} cannot sign in"
    assert user.role == sign_in.role
    return visible_studies(actor_for_user(user)).count()


def test_each_sample_account_signs_in_with_its_own_password_and_sees_what_is_its() -> None:
    made = load_samples_with_accounts()
    assert {each.role: seen_by(each) for each in made} == {"clinician": 2, "referrer": 1, "patient": 1}
    assert len({each.password for each in made}) == 3


def test_samples_are_loaded_once() -> None:
    assert samples_wanted()
    load_samples_with_accounts()
    assert not samples_wanted()


def test_samples_never_join_somebodys_real_studies() -> None:
    keep(builders.ct_slice())
    assert not samples_wanted()


def test_samples_may_be_left_out(settings: Settings) -> None:
    settings.LOAD_SAMPLES = False
    assert not samples_wanted()


def test_a_loading_that_was_cut_short_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    load = first_start._load_samples

    def half() -> None:
        keep(builders.ct_slice(PatientID="SAMPLE-0002"))
        raise SamplesFailed

    monkeypatch.setattr(first_start, "_load_samples", half)
    with pytest.raises(SamplesFailed):
        load_samples_with_accounts()
    assert samples_wanted()
    monkeypatch.setattr(first_start, "_load_samples", load)
    assert [seen_by(each) for each in load_samples_with_accounts()] == [3, 1, 1]


def test_passwords_that_nobody_was_told_are_made_anew() -> None:
    lost = load_samples_with_accounts()
    first_start._under_way().touch()  # killed before it printed them
    told = load_samples_with_accounts()
    assert authenticate(username=lost[0].username, password=lost[0].password) is None
    assert seen_by(told[0])
