"""The condition as functions in PostgreSQL, so that their plans are kept: made of the ways after every `migrate`.

To plan half a dozen subqueries took it longer than to answer them. What is planned inside of a function is kept by the
session, whatever pooler stands between; statements that are prepared by a name are not. A function is called after
the digest of its text: code that was given other ways finds no function, never one that decides otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connections
from psycopg.sql import Literal

from pacs.access.reach import GRANTED_TO, Breadth
from pacs.access.wording import (
    FIRST_GROUP,
    GROUPS,
    INSTITUTION,
    OF_STUDY,
    USER,
    Written,
    for_one,
    of_narrow,
    ways_by,
)
from pacs.catalog.models import Study

PREFIX = "lightbox_open"
HAVING_WAYS = (*sorted(GRANTED_TO), Breadth.OWN)
STUDIES = f'"{Study._meta.db_table}"'
OF_ASKER = (USER, INSTITUTION, GROUPS)
# Of all that are open in narrow ways, found once each however many ways open them: how many, what came last, a page.
TOLD = "TABLE (told_count bigint, told_arrival bigint, told_pks bigint[])"
NEWEST = """BEGIN RETURN QUERY SELECT count(*), max(named.arrival),
    (array_agg(named.id ORDER BY named.study_moment DESC, named.id DESC)
        FILTER (WHERE (named.study_moment, named.id) < ($4, $5)))[:$6]
    FROM (SELECT study.study_moment, study.id, study.arrival FROM {table} AS study WHERE {asked} LIMIT {most}) AS named;
    END"""
TYPES_OF_PAGE = ("bigint", "bigint", "integer")  # after which study, and how many
MOST_TOLD = 20_000  # of how many: that takes some 40 ms
TYPE_OF_STUDY, TYPES_OF_ASKER = "bigint", ("bigint", "bigint", "bigint[]")
# The plan is the same for everybody, as the index for each question is. PostgreSQL asks for a function last.
KEPT = "STABLE PARALLEL SAFE COST 1000 SET plan_cache_mode = force_generic_plan"
# What is granted may be empty, and is taken for a large part of all studies: these would be read from end to end.
BY_INDEX = "SET enable_seqscan = off"
KNOWN = """SELECT proname, oid::regprocedure FROM pg_proc
    WHERE starts_with(proname, %s) AND pg_function_is_visible(oid)"""


@dataclass(frozen=True)
class Function:
    """What is asked of it: the types of what it takes, of what it answers, and how it finds the answer."""

    takes: tuple[str, ...]
    gives: str
    body: str
    planned: str = KEPT

    @property
    def name(self) -> str:
        """Another for every other text."""
        return f"{PREFIX}_{hashlib.sha256(self.creation('').encode()).hexdigest()[:16]}"

    def creation(self, name: str) -> str:
        """The statement that puts it in place."""
        return (
            f"CREATE OR REPLACE FUNCTION {name}({', '.join(self.takes)}) RETURNS {self.gives} "
            f"LANGUAGE plpgsql {self.planned} AS $$ {self.body} $$"
        )


def is_open(database: str, breadth: Breadth) -> Written:
    """The question whether one study is open to somebody who sees so far."""
    return Written(f"{_is_open(database, breadth).name}(<pk>, %s, %s, %s)", OF_ASKER)


def opened(database: str, breadth: Breadth) -> Written:
    """The question for the numbers of all studies that are open to them in narrow ways: an array."""
    return Written(f"{_opened(database, breadth).name}(%s, %s, %s)", OF_ASKER)


def newest(database: str, breadth: Breadth) -> Written:
    """The question for a page of these, the newest first; behind whom it is for come TYPES_OF_PAGE."""
    return Written(f"{_newest(database, breadth).name}(%s, %s, %s, %s, %s, %s)", OF_ASKER)


def install_functions(using: str = "default", **_: Any) -> None:
    """Put all in place, and take away those of other ways. A receiver of post_migrate."""
    if connections[using].vendor != "postgresql":
        return
    wanted = {one.name: one for one in _functions(using)}
    with connections[using].cursor() as cursor:
        cursor.execute(KNOWN, [PREFIX])
        for name, signature in cursor.fetchall():
            if name not in wanted:
                cursor.execute(f"DROP FUNCTION {signature}")
        for name, one in wanted.items():
            cursor.execute(one.creation(name))


def _functions(database: str) -> Iterator[Function]:
    for breadth in HAVING_WAYS:
        yield _is_open(database, breadth)
        yield _opened(database, breadth)
        yield _newest(database, breadth)


@lru_cache
def _is_open(database: str, breadth: Breadth) -> Function:
    """The row of the study is read first: what is asked of its values is then always found by their index."""
    asked = _with_arguments(for_one(database, ways_by(breadth, 1)), 1).replace("<pk>", "$1")
    columns = [name for name in OF_STUDY if name != "pk"]
    for name in columns:
        asked = asked.replace(f"<{name}>", f"its_{name}")
    declared = " ".join(f"its_{name} {STUDIES}.{name}%TYPE;" for name in columns)
    into = ", ".join(f"its_{name}" for name in columns)
    read = f"SELECT {', '.join(columns)} INTO {into} FROM {STUDIES} WHERE id = $1"  # noqa: S608  # the models' own names
    body = f"DECLARE {declared} BEGIN {read}; RETURN {asked}; END"
    return Function((TYPE_OF_STUDY, *TYPES_OF_ASKER), "boolean", body)


@lru_cache
def _opened(database: str, breadth: Breadth) -> Function:
    answer = f"ARRAY(SELECT study.id FROM {STUDIES} AS study WHERE {_narrow(database, breadth)})"  # noqa: S608  # the ways' own text
    return Function(TYPES_OF_ASKER, "bigint[]", f"BEGIN RETURN {answer}; END", f"{KEPT} {BY_INDEX}")


@lru_cache
def _newest(database: str, breadth: Breadth) -> Function:
    body = NEWEST.format(table=STUDIES, asked=_narrow(database, breadth), most=MOST_TOLD + 1)
    return Function((*TYPES_OF_ASKER, *TYPES_OF_PAGE), TOLD, body, f"{KEPT} {BY_INDEX} ROWS 1")


def _narrow(database: str, breadth: Breadth) -> str:
    asked = _with_arguments(of_narrow(database, ways_by(breadth, 1)), 0)
    for name in OF_STUDY:
        asked = asked.replace(f"<{name}>", f"study.{'id' if name == 'pk' else name}")
    return asked


def _with_arguments(written: Written, before: int) -> str:
    """The text with the function's arguments in place of stand-ins of whom; so many others come before these.

    Raises ValueError for a text in which they cannot be put.
    """
    first, *rest = written.sql.split("%s")
    said = first
    for parameter, after in zip(written.parameters, rest, strict=True):
        if parameter == FIRST_GROUP:
            said = f"{_without_end(said, 'IN (')}= ANY (${before + 1 + OF_ASKER.index(GROUPS)}{after}"
        elif parameter in OF_ASKER:
            said += f"${before + 1 + OF_ASKER.index(parameter)}{after}"
        else:
            said += f"{Literal(parameter).as_string()}{after}"
    if "%" in said:
        raise ValueError("nothing but parameters may begin with % here")
    return said


def _without_end(text: str, end: str) -> str:
    if not text.endswith(end):
        raise ValueError("groups are asked for as one of a list, which here is an array")
    return text.removesuffix(end)
