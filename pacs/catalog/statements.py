"""Statements that are made for every object received, each written once: insert, fetch, update of one row.

The ORM writes its SQL anew for every call, which takes ten times as long as the database does. Tables, columns and
conversions are the models' own; no signal is sent, for nobody listens to these rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, DateTimeField, Field, Model

Columns = tuple[str, ...]
AnyField: TypeAlias = "Field[Any, Any]"
Row = TypeVar("Row", bound=Model)


def insert(row: Model) -> None:
    """Write a new row, and set its primary key if the database makes it."""
    fields, sql = _insert(type(row))
    database = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        (row.pk,) = cursor.fetchone()
    row._state.adding = False


def fetch(model: type[Row], columns: Columns, **at: Any) -> Row | None:
    """A row that has this value in this column, or None. Only `columns` of it are read, of which none is a moment."""
    ((name, value),) = at.items()
    fields, sql = _select(model, columns, name)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, [value])
        found = cursor.fetchone()
    if found is None:
        return None
    values = [field.to_python(one) for field, one in zip(fields, found, strict=True)]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


def update(row: Model, **changes: Any) -> None:
    """Write these columns of the row, here and in the database."""
    if not changes:
        return
    fields, sql = _update(type(row), tuple(changes))
    database = connections[DEFAULT_DB_ALIAS]
    values = [
        field.get_db_prep_save(value, database) for field, value in zip(fields, changes.values(), strict=True)
    ]
    with database.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])
    for name, value in changes.items():
        setattr(row, name, value)


@cache
def _insert(model: type[Model]) -> tuple[list[AnyField], str]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    places = ", ".join(["%s"] * len(fields))
    key = model._meta.pk.column
    return fields, f'INSERT INTO {_table(model)} ({_names(fields)}) VALUES ({places}) RETURNING "{key}"'  # noqa: S608


@cache
def _select(model: type[Model], columns: Columns, by: str) -> tuple[list[AnyField], str]:
    # In the model's own order, which from_db expects.
    fields = sorted((_field(model, name) for name in columns), key=model._meta.concrete_fields.index)
    if any(isinstance(field, DateTimeField) for field in fields):
        raise TypeError("databases tell moments in ways of their own: not read here")
    return fields, f'SELECT {_names(fields)} FROM {_table(model)} WHERE "{_field(model, by).column}" = %s'  # noqa: S608


@cache
def _update(model: type[Model], columns: Columns) -> tuple[list[AnyField], str]:
    fields = [_field(model, name) for name in columns]
    set_to = ", ".join(f'"{field.column}" = %s' for field in fields)
    return fields, f'UPDATE {_table(model)} SET {set_to} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608


def _field(model: type[Model], name: str) -> AnyField:
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _names(fields: Iterable[AnyField]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'
