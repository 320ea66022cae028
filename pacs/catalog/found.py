"""What a search finds: pages of rows in an order that is always the same, and how many there are.

Rows come restricted to what the actor may see, so that nothing else is counted, read or waited for. Where a key has no
column the kept headers are read, in the order of the rows; how many is bounded, and how many at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Min, Q, QuerySet

from pacs.catalog.headers import HeaderKeys, JsonDataset, read_header
from pacs.catalog.keys import Conditions, conditions_of
from pacs.catalog.levels import Level
from pacs.catalog.models import Instance, InstanceMetadata, Study
from pacs.catalog.rules import LITERAL, Rules
from pacs.errors import BadRequest, Overloaded, TooLarge

ORDER = {
    Level.STUDY: ("-study_moment", "-pk"),  # newest first
    Level.SERIES: ("study_id", "series_number", "pk"),
    Level.INSTANCE: ("series_id", "instance_number", "pk"),
}
ABOVE = {
    Level.STUDY: ("patient",),
    Level.SERIES: ("study__patient",),
    Level.INSTANCE: ("series__study__patient",),
}
UNIQUE_KEY = {
    Level.STUDY: "study_instance_uid",
    Level.SERIES: "series_instance_uid",
    Level.INSTANCE: "sop_instance_uid",
}
LARGE = {Level.STUDY: (), Level.SERIES: (), Level.INSTANCE: ("display", "frame_table")}
ROWS_AT_ONCE = 200
FAR_OFFSET = 1000
HEADERS_AT_ONCE = 256
MOST_HEADERS = 50_000  # some seconds of reading
MOST_READERS = 2
LONGEST_WAIT_S = 10.0
RETRY_AFTER_S = 5
_readers = threading.BoundedSemaphore(MOST_READERS)


@dataclass(frozen=True)
class Page:
    """The rows of a page by primary key, in order, and how many matches follow them.

    `rows` are they themselves, with all above them, where they are few. `witnesses` are the instances whose headers
    met the keys that have no column, by the row they speak for.
    """

    pks: list[int]
    remaining: int
    rows: list[Any] | None = None
    witnesses: Mapping[int, int] = field(default_factory=dict)


class Found:
    """The rows of one level that match. Nothing is asked of the database before a page or a count is."""

    def __init__(self, level: Level, rows: QuerySet[Any], conditions: Conditions) -> None:
        self.level = level
        self.headers: HeaderKeys = conditions.headers
        self._open = rows
        self._rows = rows.filter(conditions.columns)

    @property
    def ordered(self) -> QuerySet[Any]:
        """The rows that match by their columns, with all above them."""
        rows = self._rows.select_related(*ABOVE[self.level]).defer(*LARGE[self.level])
        return rows.order_by(*ORDER[self.level])

    def count(self) -> int:
        """How many match. Raises TooLarge, Overloaded."""
        return sum(1 for _ in self._met()) if self.headers.is_matching else self._rows.count()

    def page(self, offset: int, limit: int) -> Page:
        """The matches behind the first `offset`, at most `limit`. Raises TooLarge, Overloaded."""
        if self.headers.is_matching:
            met = list(self._met())
            page = met[offset : offset + limit]
            remaining = max(0, len(met) - offset - len(page))
            return Page([row for row, _ in page], remaining, witnesses=dict(page))
        few = min(limit, ROWS_AT_ONCE)
        if offset >= FAR_OFFSET:  # what is skipped is skipped in the index, without the rows above it
            rows = self.rows_of(list(self._pks()[offset : offset + few + 1]))
        else:
            rows = list(self.ordered[offset : offset + few + 1]) if limit else []
        if limit > few < len(rows):
            pks = list(self._pks()[offset : offset + limit + 1])
            return Page(pks[:limit], self._left_behind(offset + limit) if len(pks) > limit else 0)
        told = rows[:limit]
        is_last = limit > 0 and len(rows) <= limit
        return Page([row.pk for row in told], 0 if is_last else self._left_behind(offset + limit), told)

    def _left_behind(self, place: int) -> int:
        return max(0, self._rows.count() - place)

    def behind(self, uid: str) -> None:
        """Leave out all up to this row, which may have ceased to match but has to be open. Raises BadRequest."""
        row = self._open.filter(**{UNIQUE_KEY[self.level]: uid}).first()
        if row is None:
            raise BadRequest(parameter="after", reason="There is no such result.")
        self._rows = self._rows.filter(_behind(self.level, row))

    def rows_of(self, pks: list[int]) -> list[Any]:
        """These rows, in this order, with all above them; those that are gone by now are left out."""
        rows = self._rows.model._default_manager.filter(pk__in=pks)
        by_pk = {row.pk: row for row in rows.select_related(*ABOVE[self.level]).defer(*LARGE[self.level])}
        return [by_pk[pk] for pk in pks if pk in by_pk]

    def studies_of(self, pks: list[int]) -> QuerySet[Study]:
        """The studies that these instances are of."""
        return Study.objects.filter(series__instances__in=pks).distinct()

    def headers_of(self, pks: list[int], witnesses: Mapping[int, int]) -> dict[int, JsonDataset]:
        """For each row the header that speaks for it: its witness, else its first instance."""
        spoken = {pk: witnesses[pk] for pk in pks if pk in witnesses}
        others = [pk for pk in pks if pk not in spoken]
        for row, instance in speakers(self.level, others):
            spoken.setdefault(row, instance)
        told = dict(_read(spoken.values()))
        return {row: told[instance] for row, instance in spoken.items() if instance in told}

    def _pks(self) -> QuerySet[Any, int]:
        return self._rows.order_by(*ORDER[self.level]).values_list("pk", flat=True)

    def _met(self) -> Iterator[tuple[int, int]]:
        """The rows whose headers meet the keys, in order, each with the instance that did."""
        with _as_reader():
            candidates = list(self._pks()[: MOST_HEADERS + 1])
            left = MOST_HEADERS
            for few in _batches(candidates):
                speaking = list(speakers(self.level, few))
                left -= len(speaking)
                if left < 0:
                    raise TooLarge(most_headers=MOST_HEADERS, reason="Narrow the search by another key.")
                yield from self._met_of(few, speaking)

    def _met_of(self, rows: list[int], speaking: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        read = _read((pk for _, pk in speaking), self.headers.needed)
        meeting = {pk for pk, header in read if self.headers.matches(header)}
        witness: dict[int, int] = {}
        for row, instance in speaking:
            if instance in meeting:
                witness.setdefault(row, instance)
        return ((row, witness[row]) for row in rows if row in witness)


def _behind(level: Level, row: Any) -> Q:
    """What comes behind this row in the order of its level."""
    if level is Level.STUDY:
        at = row.study_moment
        return Q(study_moment__lte=at) & (Q(study_moment__lt=at) | Q(pk__lt=row.pk))
    above, number = ORDER[level][:2]
    own = getattr(row, number)
    # Where there is no number, SQLite sorts a row first in its order and PostgreSQL last.
    is_none, are_none_last = Q(**{f"{number}__isnull": True}), connection.vendor != "sqlite"
    if own is None:
        within = is_none & Q(pk__gt=row.pk)
        within = within if are_none_last else within | ~is_none
    else:
        within = Q(**{f"{number}__gt": own}) | Q(**{number: own, "pk__gt": row.pk})
        within = within | is_none if are_none_last else within
    parent = getattr(row, above)
    return Q(**{f"{above}__gt": parent}) | (Q(**{above: parent}) & within)


def find(
    level: Level,
    rows: QuerySet[Any],
    keys: Mapping[str, str],
    told: Iterable[str] = (),
    rules: Rules = LITERAL,
    *,
    few: bool = False,
) -> Found:
    """The rows of this level that meet every key (by keyword, tag or path of either). Raises BadRequest.

    Where the rows are `few`, each is looked at, and no index that knows of others.
    """
    return Found(level, rows, conditions_of(level, keys, told, rules, few=few))


def speakers(level: Level, pks: list[int]) -> Iterator[tuple[int, int]]:
    """The instances whose headers speak for these rows: an instance for itself, the first of a series for it, and the
    first of each of its series for a study."""
    if level is Level.INSTANCE:
        return iter([(pk, pk) for pk in pks])
    if level is Level.SERIES:
        found = Instance.objects.filter(series_id__in=pks).values_list("series_id")
        return iter(found.annotate(first=Min("pk")).order_by("series_id"))
    of_series = Instance.objects.filter(series__study_id__in=pks).values("series__study_id", "series_id")
    firsts = of_series.annotate(first=Min("pk")).order_by("series__study_id", "first")
    return ((one["series__study_id"], one["first"]) for one in firsts)


def _read(instances: Iterable[int], needed: Iterable[str] = ()) -> Iterator[tuple[int, JsonDataset]]:
    for few in _batches(list(instances)):
        for pk, kept in InstanceMetadata.objects.filter(pk__in=few).values_list("pk", "dicom_json"):
            yield pk, read_header(bytes(kept), needed)


def _batches(pks: list[int]) -> Iterator[list[int]]:
    rest = iter(pks)
    while few := list(islice(rest, HEADERS_AT_ONCE)):
        yield few


@contextmanager
def _as_reader() -> Iterator[None]:
    if not _readers.acquire(timeout=LONGEST_WAIT_S):
        raise Overloaded(retry_after_s=RETRY_AFTER_S)
    try:
        yield
    finally:
        _readers.release()
