"""The policy's condition as SQL: put together by the ORM from the ways once for each shape of reach, then kept as text.

To run it takes microseconds; to put half a dozen subqueries together anew took the ORM milliseconds of every request.
What differs between two people of one shape are numbers alone, and those are given to the kept text each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Func

from pacs.access import functions
from pacs.access.actors import Actor
from pacs.access.reach import Breadth
from pacs.access.ways import Way
from pacs.access.wording import (
    FIRST_GROUP,
    GROUPS,
    INSTITUTION,
    OF_STUDY,
    USER,
    Written,
    for_one,
    joined,
    numbers_of_narrow,
    put_together,
    ways_by,
    wrapped,
)
from pacs.catalog.listed import Listed, first_of, told_by
from pacs.catalog.models import Study
from pacs.catalog.search import Named, Place


@dataclass(frozen=True)
class Shape:
    """What decides the text. `one`: whether it is for a study that is found otherwise, as by its UID."""

    breadth: Breadth
    groups: int
    one: bool


class IsOpen(Func):
    """Whether a study is open to whoever has these numbers, and sees as far as this shape does.

    `study` is the path from the queried model to its study, as in policy.studies_open_to.
    """

    output_field = BooleanField()

    def __init__(self, shape: Shape, numbers: Mapping[Any, Any], study: str = "") -> None:
        self.written = _written(DEFAULT_DB_ALIAS, shape)
        self.names = [name for name in OF_STUDY if f"<{name}>" in self.written.sql]
        super().__init__(*(F(f"{study}{name}") for name in self.names))
        self.numbers = numbers

    def as_sql(  # type: ignore[override]  # takes none of Func's words
        self, compiler: Any, connection: Any, **_: Any
    ) -> tuple[str, list[Any]]:
        """The kept text, for the columns of this query and the numbers of this actor."""
        sql = self.written.sql
        for name, column in zip(self.names, self.source_expressions, strict=True):
            sql = sql.replace(f"<{name}>", compiler.compile(column)[0])
        return sql, _with_numbers(self.written.parameters, self.numbers)


def is_open_to(actor: Actor, study: str = "", *, one: bool = False) -> IsOpen:
    """Whether a study is open to an actor to whom not everything is."""
    return IsOpen(_shape_of(actor, one), _numbers_of(actor), study)


def statement_open_to(actor: Actor, columns: tuple[str, ...], most: int) -> Written:
    """The statement for these columns of the first studies found that are open to one to whom not everything is."""
    listing = _listing(DEFAULT_DB_ALIAS, _shape_of(actor, one=False), columns, most)
    return Written(listing.sql, tuple(_with_numbers(listing.parameters, _numbers_of(actor))))


def first_open_to(actor: Actor, after: Place, most: int, most_named: int) -> Listed | None:
    """A page of what is open to an actor to whom little is; None where it is more than `most_named`."""
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        named = statement_open_to(actor, Named._fields, most_named + 1)
        return first_of(named.sql, named.parameters, after, most, most_named)
    asked = functions.newest(DEFAULT_DB_ALIAS, actor.reach.breadth)
    whose = _with_numbers(asked.parameters, _numbers_of(actor))
    return told_by(asked.sql, [*whose, after.study_moment, after.pk, most], most_named)


def _shape_of(actor: Actor, one: bool) -> Shape:
    return Shape(actor.reach.breadth, len(actor.reach.groups), one)


def _numbers_of(actor: Actor) -> dict[Any, Any]:
    groups = actor.reach.groups
    numbers = {USER: actor.user_id, INSTITUTION: actor.reach.institution, GROUPS: list(groups)}
    return numbers | {FIRST_GROUP - place: group for place, group in enumerate(groups)}


def _with_numbers(parameters: tuple[Any, ...], numbers: Mapping[Any, Any]) -> list[Any]:
    return [numbers.get(one, one) for one in parameters]


@lru_cache(maxsize=256)
def _listing(database: str, shape: Shape, columns: tuple[str, ...], most: int) -> Written:
    """A whole statement, kept as the condition in it is."""
    return put_together(database, Study.objects.filter(IsOpen(shape, {})).values_list(*columns)[:most])


@lru_cache(maxsize=256)
def _written(database: str, shape: Shape) -> Written:
    ways = ways_by(shape.breadth, shape.groups)
    is_sqlite = connections[database].vendor == "sqlite"
    if shape.one:
        asked = for_one(database, ways) if is_sqlite else functions.is_open(database, shape.breadth)
        return wrapped("(", asked, ")")
    narrow = _narrow_on_sqlite if is_sqlite else _narrow_on_postgresql
    parts = [*_of_wide(database, ways, is_sqlite), *narrow(database, shape.breadth, ways)]
    return wrapped("(", joined(parts, " OR "), ")")


def _of_wide(database: str, ways: tuple[Way, ...], is_sqlite: bool) -> Iterator[Written]:
    """The rows are read once."""
    # SQLite would fetch all of an institution by its index, and sort it, for the newest fifty: + bids it not to.
    among = "+<{}> IN (" if is_sqlite else "<{}> IN ("
    for way in ways:
        if way.is_wide:
            rows = put_together(database, way.rows.values(way.names))
            yield wrapped(among.format(way.of_study), rows, ")")


def _narrow_on_sqlite(database: str, _: Breadth, ways: tuple[Way, ...]) -> Iterator[Written]:
    """The studies of narrow ways by their numbers: an index is asked for each of those."""
    numbers = numbers_of_narrow(database, ways)
    if numbers.sql:
        yield wrapped("<pk> IN (", numbers, ")")


def _narrow_on_postgresql(database: str, breadth: Breadth, ways: tuple[Way, ...]) -> Iterator[Written]:
    """The same. It would read all studies to join them to the few of narrow ways alone: to an array it does not."""
    numbers = functions.opened(database, breadth)
    if any(way.is_wide for way in ways):
        yield wrapped("<pk> IN (SELECT unnest(", numbers, "))")
    else:
        yield wrapped("<pk> = ANY ((SELECT ", numbers, ")::bigint[])")
