"""The policy's condition as SQL: put together by the ORM from the ways once for each shape of reach, then kept as text.

To run it takes microseconds; to put half a dozen subqueries together anew took the ORM milliseconds of every request.
What differs between two people of one shape are numbers alone, and those are given to the kept text each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections
from django.db.models import BooleanField, Expression, F, Func, QuerySet

from pacs.access.actors import Actor
from pacs.access.reach import Breadth, Reach
from pacs.access.ways import Way, ways_of
from pacs.catalog.models import Study

# What ways name of a study, and the numbers that differ: in the kept text something stands for each.
OF_STUDY = ("pk", "patient_id", "referring_physician_key", "institution_id")
USER, INSTITUTION, FIRST_GROUP = -1, -2, -3


@dataclass(frozen=True)
class Shape:
    """What decides the text. `one`: whether it is for a study that is found otherwise, as by its UID."""

    breadth: Breadth
    groups: int
    one: bool


@dataclass(frozen=True)
class Written:
    """The text, with `<pk>` and the like for the columns of a study, and its parameters, some of them stand-ins."""

    sql: str
    parameters: tuple[Any, ...]


class IsOpen(Func):
    """Whether a study is open to an actor to whom not everything is.

    `study` is the path from the queried model to its study, as in policy.studies_open_to.
    """

    output_field = BooleanField()

    def __init__(self, actor: Actor, study: str = "", one: bool = False) -> None:
        super().__init__(*(F(f"{study}{name}") for name in OF_STUDY))
        reach = actor.reach
        self.shape = Shape(reach.breadth, len(reach.groups), one)
        self.numbers = {USER: actor.user_id, INSTITUTION: reach.institution}
        self.numbers |= {FIRST_GROUP - place: group for place, group in enumerate(reach.groups)}

    def as_sql(  # type: ignore[override]  # takes none of Func's words
        self, compiler: Any, connection: Any, **_: Any
    ) -> tuple[str, list[Any]]:
        """The kept text, for the columns of this query and the numbers of this actor."""
        written = _written(connection.alias, self.shape)
        sql = written.sql
        for name, column in zip(OF_STUDY, self.source_expressions, strict=True):
            sql = sql.replace(f"<{name}>", compiler.compile(column)[0])
        return sql, [self.numbers.get(one, one) for one in written.parameters]


class _Column(Expression):
    """Where a column of the study goes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"<{self.name}>", ()


@lru_cache(maxsize=256)
def _written(database: str, shape: Shape) -> Written:
    groups = tuple(FIRST_GROUP - place for place in range(shape.groups))
    reach = Reach(breadth=shape.breadth, institution=INSTITUTION, groups=groups)
    ways = ways_of(Actor("person", USER, None, "", reach=reach))
    parts = list(_for_one(database, ways) if shape.one else _for_many(database, ways))
    return Written(
        f"({' OR '.join(part.sql for part in parts)})",
        tuple(one for part in parts for one in part.parameters),
    )


def _for_one(database: str, ways: tuple[Way, ...]) -> Iterator[Written]:
    """An index is asked for it, however many rows there are."""
    for way in ways:
        rows = way.rows.filter(**{way.names: _Column(way.of_study)}).values(way.names)
        yield _wrapped("EXISTS (", [_put_together(database, rows)], ")")


def _for_many(database: str, ways: tuple[Way, ...]) -> Iterator[Written]:
    """The rows are read once. The studies of narrow ways by their numbers: an index is asked for each of those."""
    is_sqlite = connections[database].vendor == "sqlite"
    # SQLite would fetch all of an institution by its index, and sort it, for the newest fifty: + bids it not to.
    of_wide = "+<{}> IN (" if is_sqlite else "<{}> IN ("
    # PostgreSQL would read all studies to join them to the few of narrow ways alone: to an array it does not.
    is_joined = not is_sqlite and not any(way.is_wide for way in ways)
    of_narrow, end = ("<pk> = ANY (ARRAY(", "))") if is_joined else ("<pk> IN (", ")")
    for way in ways:
        if way.is_wide:
            rows = _put_together(database, way.rows.values(way.names))
            yield _wrapped(of_wide.format(way.of_study), [rows], ")")
    narrow = [
        _put_together(database, rows) for way in ways if not way.is_wide for rows in _opened(way, is_sqlite)
    ]
    if narrow:
        yield _wrapped(of_narrow, narrow, end)


def _opened(way: Way, is_sqlite: bool) -> Iterator[QuerySet[Any]]:
    """The numbers of the studies that are open so: of each holder apart, so that each is found by its own index."""
    for rows in way.by_holder or (way.rows,):
        named = rows.values_list(way.names)
        if way.of_study == "pk":
            yield named
        elif is_sqlite:
            yield Study.objects.filter(**{f"{way.of_study}__in": named}).values_list("pk")
        else:
            yield Study.objects.filter(_IsAmong(F(way.of_study), ArraySubquery(named))).values_list("pk")


class _IsAmong(Func):
    """Being in an array, which PostgreSQL takes to be short."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY (", BooleanField()


def _put_together(database: str, rows: QuerySet[Any]) -> Written:
    sql, parameters = rows.order_by().query.get_compiler(database).as_sql()
    return Written(sql, tuple(parameters))


def _wrapped(before: str, parts: list[Written], after: str) -> Written:
    joined = " UNION ALL ".join(part.sql for part in parts)
    return Written(f"{before}{joined}{after}", tuple(one for part in parts for one in part.parameters))
