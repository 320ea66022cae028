"""What a first start prepares: the sample studies, and an account of each kind that may look at them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from pacs.access.accounts import account_named, change_account, create_account, random_password
from pacs.access.actors import system_actor
from pacs.access.grants import patient_identified, tie_patient
from pacs.catalog.arrivals import newest
from pacs.errors import NotFound
from pacs.samples.cast import SAMPLE_PATIENT_ID, SAMPLE_REFERRER_NAME

if TYPE_CHECKING:
    from pacs.access.models import User

FIRST_START = system_actor("first start")


@dataclass(frozen=True)
class SignIn:
    """A sample account and the password made for it, to be told once."""

    role: str
    username: str
    password: str


class SamplesFailed(Exception):
    """The sample studies could not be loaded."""


def samples_wanted() -> bool:
    """Whether to load the samples now: they are asked for, and nothing but theirs ever came here.

    Samples never join somebody's real studies, and do not come back once they were deleted. A loading that was
    interrupted is taken up again.
    """
    if not settings.LOAD_SAMPLES:
        return False
    return _under_way().exists() or newest().number == 0


def load_samples_with_accounts() -> list[SignIn]:
    """Load the sample studies; make a sample clinician, referrer and patient with random passwords.

    Raises SamplesFailed.
    """
    _under_way().touch()
    _load_samples()
    with transaction.atomic():
        made = [
            _account("clinician", "sample-clinician", "Dr. Clara Weiss"),
            _account("referrer", "sample-referrer", "Dr. Ruben Adler", SAMPLE_REFERRER_NAME),
            _account("patient", "sample-patient", "Paula Sample"),
        ]
        tie_patient(account_named("sample-patient"), patient_identified(SAMPLE_PATIENT_ID), actor=FIRST_START)
    _under_way().unlink()
    return made


def _load_samples() -> None:
    """In a process of its own: a hundred megabytes of pixels leave with it, and thumbnails are made when it ends."""
    loader = subprocess.Popen([sys.executable, str(settings.ROOT / "manage.py"), "load_samples"])  # noqa: S603  # our own command
    try:
        if loader.wait() != 0:
            raise SamplesFailed
    finally:
        if loader.poll() is None:
            loader.terminate()
            loader.wait()


def _account(role: str, username: str, display_name: str, referring_physician: str = "") -> SignIn:
    password = random_password()
    known = _known(username)
    if known is not None:  # an earlier start was killed before anybody was told
        change_account(known, actor=FIRST_START, password=password)
    else:
        create_account(
            username,
            role,
            actor=FIRST_START,
            password=password,
            display_name=display_name,
            referring_physician=referring_physician,
        )
    return SignIn(role, username, password)


def _known(username: str) -> User | None:
    try:
        return account_named(username)
    except NotFound:
        return None


def _under_way() -> Path:
    return Path(settings.DATA) / "samples_under_way"
