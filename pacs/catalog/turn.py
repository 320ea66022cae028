"""What the writer whose turn it is knows: rows it has read or written, which are true until its transaction ends.

Nobody else writes to the catalogue meanwhile (catalog.arrivals), so objects that are registered in one turn ask once
for their study, and its counts are written once. With the transaction a turn ends, whether it is committed or undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from pacs.catalog.arrivals import next_arrival, number_taken, take_turn
from pacs.catalog.identity import Header, SeriesFacts, StudyFacts
from pacs.catalog.institutions import has_others
from pacs.catalog.models import Instance, Patient, Series, Study
from pacs.catalog.patients import COLUMNS as PATIENT_COLUMNS
from pacs.catalog.statements import Wanted, fetch, fetch_beside, update

INSTANCE_COLUMNS = ("id", "series_id", "blob")
COUNTS_OF_STUDY = ("modalities_in_study", "number_of_series", "number_of_instances", "arrival")
COUNTS_OF_SERIES = ("number_of_instances", "arrival")
STUDY_COLUMNS = (
    "id",
    "patient_id",
    "institution_id",
    "study_instance_uid",
    *COUNTS_OF_STUDY,
    *(one.name for one in fields(StudyFacts)),
)
SERIES_COLUMNS = (
    "id",
    "study_id",
    "series_instance_uid",
    *COUNTS_OF_SERIES,
    *(one.name for one in fields(SeriesFacts)),
)
KNOWN = (
    Wanted(Instance, INSTANCE_COLUMNS, "sop_instance_uid"),
    Wanted(Study, STUDY_COLUMNS, "study_instance_uid"),
    Wanted(Series, SERIES_COLUMNS, "series_instance_uid"),
    Wanted(Patient, PATIENT_COLUMNS, "id", of=(Study, "patient_id")),
)


@dataclass(frozen=True)
class Known:
    """The rows that are there already of what a header names; the study's patient is read with it."""

    instance: Instance | None
    study: Study | None
    series: Series | None


class Turn:
    """One writer's, within one transaction. Made by own_turn."""

    def __init__(self) -> None:
        self._studies: dict[str, Study] = {}
        self._series: dict[str, Series] = {}
        self._patients: dict[int, Patient] = {}
        self._grown: dict[Study | Series, tuple[str, ...]] = {}
        self._first_arrival = self._last_arrival = 0
        self._has_others: bool | None = None

    def look_up(self, header: Header) -> Known:
        """What is known of what the header names."""
        study = self._studies.get(header.study_instance_uid)
        series = self._series.get(header.series_instance_uid)
        if study is not None and series is not None:
            instance = fetch(Instance, INSTANCE_COLUMNS, sop_instance_uid=header.sop_instance_uid)
            return Known(instance, study, series)
        instance, told_study, told_series, patient = fetch_beside(
            KNOWN, header.sop_instance_uid, header.study_instance_uid, header.series_instance_uid
        )
        if study is None and told_study is not None:
            told_study.patient = self.same_patient(patient)
            self.remember_study(told_study)
        if series is None and told_series is not None:
            self.remember_series(told_series)
        return Known(instance, study or told_study, series or told_series)

    def same_patient(self, patient: Patient) -> Patient:
        """The one row of this patient that is changed in this turn: two studies may be theirs."""
        return self._patients.setdefault(patient.pk, patient)

    def remember_study(self, study: Study) -> None:
        """What is registered next may be of it."""
        self._studies[study.study_instance_uid] = study

    def remember_series(self, series: Series) -> None:
        """What is registered next may be of it."""
        self._series[series.series_instance_uid] = series

    def next_arrival(self) -> int:
        """As arrivals.next_arrival, which is asked for the first only."""
        if not self._last_arrival:
            self._first_arrival = self._last_arrival = next_arrival()
        else:
            self._last_arrival += 1
        return self._last_arrival

    def count(self, study: Study, series: Series) -> None:
        """Their counts have changed, here: they are written when the turn ends."""
        self._grown[study] = COUNTS_OF_STUDY
        self._grown[series] = COUNTS_OF_SERIES

    def has_others(self) -> bool:
        """As institutions.has_others."""
        if self._has_others is None:
            self._has_others = has_others()
        return self._has_others

    def write_down(self) -> None:
        """Write what was put off until the turn ends."""
        for row, columns in self._grown.items():
            update(row, **{name: getattr(row, name) for name in columns})
        if self._last_arrival != self._first_arrival:
            number_taken(self._last_arrival)


@contextmanager
def own_turn() -> Iterator[Turn]:
    """Be the only writer until the caller's transaction ends. What was put off is written when this is left."""
    take_turn()
    turn = Turn()
    yield turn
    turn.write_down()
