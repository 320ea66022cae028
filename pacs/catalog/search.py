"""The app's list of studies, narrowed by what is typed and chosen.

Every function narrows rows that access has already restricted to what the actor may see; nothing is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from pacs.catalog import matching
from pacs.catalog.keys import having_one_by_one, having_words
from pacs.catalog.models import Study
from pacs.catalog.names import words_of
from pacs.errors import BadRequest


@dataclass(frozen=True, kw_only=True)
class StudyFilter:
    """What the app's list is narrowed by; what is left out narrows nothing."""

    search: str = ""  # each of its words begins a word of name, IDs, accession number or description
    modalities: tuple[str, ...] = ()
    begin: date | None = None
    end: date | None = None
    uids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a page of studies ends: the next begins after it, whatever has arrived in between."""

    study_moment: int
    pk: int

    def __str__(self) -> str:
        return f"{self.study_moment}-{self.pk}"


class Named(NamedTuple):
    """A study where all that are open to somebody are told apart; in the order of the list, the newest the greatest."""

    study_moment: int
    pk: int
    arrival: int


def parse_place(text: str) -> Place:
    """A place as it was told. Raises BadRequest."""
    match = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", text)
    if match is None:
        raise BadRequest(parameter="cursor", reason="This is not a place in the list.")
    return Place(int(match[1]), int(match[2]))


def list_studies(
    rows: QuerySet[Study], asked: StudyFilter, after: Place | None = None, *, few: bool = False
) -> QuerySet[Study]:
    """The studies that fit, newest first, from that place on; with their patients. `few`: as catalog.found.find."""
    condition = (having_one_by_one if few else having_words)(words_of(asked.search), "pk")
    if asked.modalities:
        condition &= matching.match_modalities("modality", "modalities_in_study", ",".join(asked.modalities))
    if asked.begin or asked.end:
        begin, end = matching.moments((asked.begin, asked.end), (None, None))
        condition &= Q(study_moment__gte=begin, study_moment__lte=end)
    if asked.uids:
        condition &= Q(study_instance_uid__in=asked.uids)
    if after is not None:
        # Said so that an index gives the beginning of the page.
        condition &= Q(study_moment__lte=after.study_moment)
        condition &= Q(study_moment__lt=after.study_moment) | Q(pk__lt=after.pk)
    return rows.filter(condition).select_related("patient").order_by("-study_moment", "-pk")


def place_of(study: Study) -> Place:
    """Where this study stands in the list."""
    return Place(study.study_moment, study.pk)
