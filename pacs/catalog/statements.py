"""Statements that are made for every object received, each written once: insert, fetch, update of one row,
fetch of a few that belong together.

The ORM writes its SQL anew for every call, its cursors look for somebody who listens, and its fields prepare values
that are right already: that takes ten times as long as the database does. Tables, columns and conversions are the
models' own; no signal is sent, for nobody listens to these rows, and no statement is logged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    AutoField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
)
from django.db.models.base import ModelState

Columns = tuple[str, ...]
AnyField: TypeAlias = "Field[Any, Any]"
Row = TypeVar("Row", bound=Model)
Told = TypeVar("Told")
AS_THEY_ARE = ((CharField, str), (IntegerField, int), (AutoField, int), (FloatField, float))
NOT_READ = (DateTimeField, JSONField)


@dataclass(frozen=True)
class _Column:
    """A column, and the type whose values go to the database and come from it as they are."""

    name: str
    field: AnyField
    plain: type | None
    is_filled_in: bool  # by the field itself, when a row is new: a moment


@dataclass(frozen=True)
class Wanted:
    """A row among several: which columns of it, and the column that it is found by, of which primary keys come first.

    It is found by a value that is given, or by a column `of` another row that is wanted.
    """

    model: type[Model]
    columns: Columns
    by: str
    of: tuple[type[Model], str] | None = None


@dataclass(frozen=True)
class _Statement:
    columns: tuple[_Column, ...]
    sql: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    @cached_property
    def filled_in(self) -> tuple[AnyField, ...]:
        return tuple(one.field for one in self.columns if one.is_filled_in)

    @cached_property
    def converted(self) -> tuple[_Column, ...]:
        """Those whose values databases tell in different ways."""
        return tuple(one for one in self.columns if one.plain is None)

    def to_database(self, values: Iterable[Any], database: BaseDatabaseWrapper) -> list[Any]:
        """The values of the columns as the database takes them."""
        return [
            value
            if value is None or type(value) is one.plain
            else one.field.get_db_prep_save(value, database)
            for one, value in zip(self.columns, values, strict=True)
        ]


def ask(sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row that a statement (its places are %s) gives, if any. Raises what Django's cursors raise."""
    return _ask(connections[DEFAULT_DB_ALIAS], sql, values)


def new(model: type[Row], **values: Any) -> Row:
    """A row to insert, as model(**values) makes it for whoever gives every column but the key and what fills itself in.

    Another row that it is of is given by its key.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row.__dict__.update(values)
    return row


def insert(row: Model) -> None:
    """Write a new row, and set its primary key if the database makes it."""
    database = connections[DEFAULT_DB_ALIAS]
    statement = _insert(type(row), database.vendor)
    for field in statement.filled_in:
        field.pre_save(row, True)
    values = statement.to_database(map(row.__dict__.__getitem__, statement.names), database)
    made = _done(database, statement.sql, values, _key_of_new_row)
    if made is not None and isinstance(row._meta.pk, AutoField):
        row.pk = made
    row._state.adding = False


def fetch(model: type[Row], columns: Columns, **at: Any) -> Row | None:
    """A row that has this value in this column, or None. Only `columns` of it are read: no moment, no JSON."""
    ((name, value),) = at.items()
    statement = _select(model, columns, name)
    found = ask(statement.sql, [value])
    return None if found is None else _row(model, statement, found)


def fetch_beside(wanted: tuple[Wanted, ...], *values: Any) -> list[Any]:
    """A row or None for each that is wanted, by one statement. `values` are for those that are found by one."""
    database = connections[DEFAULT_DB_ALIAS]
    statements, sql = _select_beside(wanted, database.vendor)
    found = _ask(database, sql, values) or ()
    if database.vendor == "sqlite":
        found = json.loads(found[0])
    rows, begins = [], 0
    for one, statement in zip(wanted, statements, strict=True):
        told = found[begins : begins + len(statement.columns)]
        rows.append(None if told[0] is None else _row(one.model, statement, told))
        begins += len(told)
    return rows


def update(row: Model, **changes: Any) -> None:
    """Write these columns of the row, here and in the database."""
    if not changes:
        return
    database = connections[DEFAULT_DB_ALIAS]
    statement = _update(type(row), tuple(changes))
    _ask(database, statement.sql, [*statement.to_database(changes.values(), database), row.pk])
    for name, value in changes.items():
        setattr(row, name, value)


def _ask(database: BaseDatabaseWrapper, sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    return _done(database, sql, values, _first_row)


def _done(
    database: BaseDatabaseWrapper, sql: str, values: Sequence[Any], told_by: Callable[[Any], Told]
) -> Told:
    # As Django's own cursors begin, without what tells the logs; the connection is this thread's.
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        cursor = database.connection.cursor()
        try:
            cursor.execute(_spelled(sql, database.vendor), values)
            return told_by(cursor)
        finally:
            cursor.close()


def _first_row(cursor: Any) -> tuple[Any, ...] | None:
    return cursor.fetchone() if cursor.description else None


def _key_of_new_row(cursor: Any) -> int | None:
    """SQLite says it without a row being read."""
    key: int | None = cursor.fetchone()[0] if cursor.description else cursor.lastrowid
    return key


@cache
def _spelled(sql: str, vendor: str) -> str:
    return sql.replace("%s", "?") if vendor == "sqlite" else sql


def _row(model: type[Row], statement: _Statement, found: Sequence[Any]) -> Row:
    """As Model.from_db makes it: what was not read is read when it is asked for."""
    row = new(model, **dict(zip(statement.names, found, strict=True)))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    for column in statement.converted:
        row.__dict__[column.name] = column.field.to_python(row.__dict__[column.name])
    return row


@cache
def _insert(model: type[Model], vendor: str) -> _Statement:
    columns = _columns(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    places = ", ".join(["%s"] * len(columns))
    told = "" if vendor == "sqlite" else f' RETURNING "{model._meta.pk.column}"'
    sql = f"INSERT INTO {_table(model)} ({_names(columns)}) VALUES ({places}){told}"  # noqa: S608  # the models' own names
    return _Statement(columns, sql)


@cache
def _select(model: type[Model], names: Columns, by: str) -> _Statement:
    columns = _columns(_field(model, name) for name in names)
    if any(isinstance(column.field, NOT_READ) for column in columns):
        raise TypeError("databases tell moments and JSON in ways of their own: not read here")
    sql = f'SELECT {_names(columns)} FROM {_table(model)} WHERE "{_field(model, by).column}" = %s'  # noqa: S608  # the models' own names
    return _Statement(columns, sql)


@cache
def _select_beside(wanted: tuple[Wanted, ...], vendor: str) -> tuple[list[_Statement], str]:
    """On SQLite all columns come as one of JSON: for each column that it reads Python gives its lock away."""
    statements = [_select(one.model, one.columns, one.by) for one in wanted]
    if any(not statement.columns[0].field.primary_key for statement in statements):
        raise TypeError("by its key it is told whether a row is there")
    names = ", ".join(
        f"{_table(one.model)}.{name}"
        for one, statement in zip(wanted, statements, strict=True)
        for name in map(_quoted, statement.columns)
    )
    if any(column.plain is float for statement in statements for column in statement.columns):
        raise TypeError("as JSON SQLite rounds them: not read here")
    told = f"json_array({names})" if vendor == "sqlite" else names
    joins = " ".join(f"LEFT JOIN {_table(one.model)} ON {_meets(one)}" for one in wanted)
    return statements, f"SELECT {told} FROM (SELECT 1) AS here {joins}"  # noqa: S608  # the models' own names


def _meets(wanted: Wanted) -> str:
    by = f'{_table(wanted.model)}."{_field(wanted.model, wanted.by).column}"'
    if wanted.of is None:
        return f"{by} = %s"
    model, name = wanted.of
    return f'{by} = {_table(model)}."{_field(model, name).column}"'


@cache
def _update(model: type[Model], names: Columns) -> _Statement:
    columns = _columns(_field(model, name) for name in names)
    set_to = ", ".join(f'"{one.field.column}" = %s' for one in columns)
    sql = f'UPDATE {_table(model)} SET {set_to} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608  # the models' own names
    return _Statement(columns, sql)


def _columns(fields: Iterable[AnyField]) -> tuple[_Column, ...]:
    return tuple(_Column(field.attname, field, _plain_type(field), _is_filled_in(field)) for field in fields)


def _plain_type(field: AnyField) -> type | None:
    if isinstance(field, ForeignKey):
        return _plain_type(field.target_field)
    return next((plain for kind, plain in AS_THEY_ARE if isinstance(field, kind)), None)


def _is_filled_in(field: AnyField) -> bool:
    return isinstance(field, DateField) and (field.auto_now or field.auto_now_add)


def _field(model: type[Model], name: str) -> AnyField:
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _names(columns: Iterable[_Column]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(column: _Column) -> str:
    return f'"{column.field.column}"'


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'
