"""The ways in SQL, written by the ORM: in it stand-ins for what differs between two people, and between two queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression, QuerySet

from pacs.access.actors import Actor
from pacs.access.reach import Breadth, Reach
from pacs.access.ways import Way, ways_of
from pacs.catalog.models import Study

# What ways name of a study: in the text `<pk>` and the like stand for it.
OF_STUDY = ("pk", "patient_id", "referring_physician_key", "institution_id")
# What differs between two people: among the parameters these stand for it.
USER, INSTITUTION, GROUPS, FIRST_GROUP = -1, -2, -3, -4


@dataclass(frozen=True)
class Written:
    """A text and its parameters, some of them stand-ins."""

    sql: str
    parameters: tuple[Any, ...] = ()


def ways_by(breadth: Breadth, groups: int) -> tuple[Way, ...]:
    """The ways of whoever sees so far and is in so many groups."""
    numbers = tuple(FIRST_GROUP - place for place in range(groups))
    reach = Reach(breadth=breadth, institution=INSTITUTION, groups=numbers)
    return ways_of(Actor("person", USER, None, "", reach=reach))


def for_one(database: str, ways: tuple[Way, ...]) -> Written:
    """Whether a study is open that is found otherwise: an index is asked for it, however many rows there are."""
    rows = (way.rows.filter(**{way.names: _Column(way.of_study)}).values(way.names) for way in ways)
    return joined([wrapped("EXISTS (", put_together(database, one), ")") for one in rows], " OR ")


def numbers_of_narrow(database: str, ways: tuple[Way, ...]) -> Written:
    """The numbers of the studies that are open in ways that are not wide; '' where there is no such way."""
    narrow = [put_together(database, rows) for way in ways if not way.is_wide for rows in _opened(way)]
    return joined(narrow, " UNION ALL ")


def of_narrow(database: str, ways: tuple[Way, ...]) -> Written:
    """Whether a study is open in ways that are not wide, of each what is named by all holders as one array."""
    return joined([_is_named(database, way) for way in ways if not way.is_wide], " OR ")


def _is_named(database: str, way: Way) -> Written:
    named = [put_together(database, rows.values_list(way.names)) for rows in way.by_holder or (way.rows,)]
    return wrapped(f"<{way.of_study}> = ANY (ARRAY(", joined(named, " UNION ALL "), "))")


def put_together(database: str, rows: QuerySet[Any]) -> Written:
    """The text of a query, in its own order."""
    sql, parameters = rows.query.get_compiler(database).as_sql()
    return Written(sql, tuple(parameters))


def wrapped(before: str, part: Written, after: str) -> Written:
    """A text between two others, which have no parameters."""
    return Written(f"{before}{part.sql}{after}", part.parameters)


def joined(parts: list[Written], between: str) -> Written:
    """Texts one after the other."""
    return Written(
        between.join(part.sql for part in parts), tuple(one for part in parts for one in part.parameters)
    )


def _opened(way: Way) -> Iterator[QuerySet[Any]]:
    """The numbers of the studies that are open so: of each holder apart, so that each is found by its own index."""
    for rows in way.by_holder or (way.rows,):
        named = rows.values_list(way.names)
        if way.of_study != "pk":
            named = Study.objects.filter(**{f"{way.of_study}__in": named}).values_list("pk")
        yield named


class _Column(Expression):
    """Where a column of the study goes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"<{self.name}>", ()
