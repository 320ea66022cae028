"""A page of studies with their patients, by one statement whose columns are written once.

The ORM takes as long to write all these columns anew for each page as a database takes to find them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.expressions import Col

from pacs.catalog.models import Patient, Study
from pacs.catalog.search import Place

# `told` is of all studies there are to see, and stands in each row, or alone where the page is empty.
PAGE = """SELECT told.count, told.arrival, {columns} FROM ({told}) AS told LEFT JOIN {page} AS page ON 1 = 1
    LEFT JOIN {study} ON {study}.id = page.pk
    LEFT JOIN {patient} ON {patient}.id = {study}.patient_id
    ORDER BY {study}.study_moment DESC, {study}.id DESC"""
OF_ALL = "SELECT 0 AS count, ({newest}) AS arrival"
OF_NAMED = "SELECT count(*) AS count, max(arrival) AS arrival FROM named"
FIRST_NAMED = """(SELECT pk FROM named WHERE (study_moment, pk) < (%s, %s)
    ORDER BY study_moment DESC, pk DESC LIMIT %s)"""
OF_PAGE = "SELECT told_count AS count, told_arrival AS arrival, told_pks AS pks FROM {told}"
FIRST_TOLD = "LATERAL (SELECT unnest(told.pks) AS pk)"
BEFORE_ALL = Place(2**63 - 1, 2**63 - 1)
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Listed:
    """A page in its order, and the arrival number of what came last of all there is to see; 0 where nothing is."""

    studies: list[Study]
    arrival: int


def page_of(page: QuerySet[Study], every: QuerySet[Study]) -> Listed:
    """The studies that were found, a page of them in the order of search.list_studies, of all there are to see."""
    newest, of_newest = _statement_of(every.order_by("-arrival").values_list("arrival")[:1])
    found, of_found = _statement_of(page.values_list("pk"))
    return _listed(_text(OF_ALL.format(newest=newest), f"({found})"), [*of_newest, *of_found])[1]


def first_of(
    named: str, parameters: Sequence[Any], after: Place, most: int, most_named: int
) -> Listed | None:
    """The first `most` after that place, of few; None where more than `most_named` are named.

    `named` is a statement that gives search.Named of all there are to see, or of one more than that.
    """
    text = f"WITH named AS ({named}) {_text(OF_NAMED, FIRST_NAMED)}"
    count, listed = _listed(text, [*parameters, after.study_moment, after.pk, most])
    return listed if count <= most_named else None


def told_by(told: str, parameters: Sequence[Any], most_named: int) -> Listed | None:
    """The same of what PostgreSQL has named, counted and cut: `told` gives told_count, told_arrival and told_pks."""
    count, listed = _listed(_text(OF_PAGE.format(told=told), FIRST_TOLD), parameters)
    return listed if count <= most_named else None


def _statement_of(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """A statement also for rows of which it is known that there are none."""
    sql, parameters = rows.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql()
    return sql, tuple(parameters)


def _listed(text: str, parameters: Sequence[Any]) -> tuple[int, Listed]:
    """How many are named, and the page."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(text, parameters)
        rows = cursor.fetchall()
    count, arrival = rows[0][:2]
    return count, Listed(list(_studies([row[2:] for row in rows if row[2] is not None])), arrival or 0)


def _studies(rows: list[tuple[Any, ...]]) -> Iterator[Study]:
    width = len(Study._meta.concrete_fields)
    studies = _rows(Study, [row[:width] for row in rows])
    for study, patient in zip(studies, _rows(Patient, [row[width:] for row in rows]), strict=True):
        study.patient = patient
        yield study


def _rows(model: type[Row], told: list[tuple[Any, ...]]) -> Iterator[Row]:
    """Rows of a model, of what a database tells, as the ORM makes them."""
    database = connections[DEFAULT_DB_ALIAS]
    names = [field.attname for field in model._meta.concrete_fields]
    converters = [
        (place, convert, column)
        for place, column in enumerate(_columns(model))
        for convert in (*database.ops.get_db_converters(column), *column.get_db_converters(database))
    ]
    for one in told:
        values = list(one)
        for place, convert, column in converters:
            values[place] = convert(values[place], column, database)
        yield model.from_db(DEFAULT_DB_ALIAS, names, values)


def _text(told: str, page: str) -> str:
    study, patient = (f'"{model._meta.db_table}"' for model in (Study, Patient))
    return PAGE.format(told=told, page=page, columns=_columns_in_sql(), study=study, patient=patient)


@cache
def _columns_in_sql() -> str:
    return ", ".join(
        f'"{one.alias}"."{one.target.column}"' for model in (Study, Patient) for one in _columns(model)
    )


@cache
def _columns(model: type[Model]) -> list[Col]:
    return [Col(model._meta.db_table, field) for field in model._meta.concrete_fields]
