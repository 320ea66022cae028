"""Lookups that each database does in a way of its own; registered when this is imported.

Wildcard matching (PS3.4 C.2.2.2.4) is done with an index.
Django's own startswith becomes LIKE ... ESCAPE on SQLite, which reads the whole table. GLOB uses the index
when the pattern begins with letters, and tells case apart as DICOM does.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, CharField, Lookup
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler

_GLOB_ESCAPES = str.maketrans({"[": "[[]"})
_LIKE_ESCAPES = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_", "*": "%", "?": "_"})


@CharField.register_lookup
class Wild(Lookup):
    """`column__wild="DOE*"`: * is any text, ? any one character, all else itself."""

    lookup_name = "wild"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """The condition in standard SQL."""
        return self._condition(compiler, connection, "LIKE", str(self.rhs).translate(_LIKE_ESCAPES))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """The condition for SQLite."""
        return self._condition(compiler, connection, "GLOB", str(self.rhs).translate(_GLOB_ESCAPES))

    def _condition(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, operator: str, pattern: str
    ) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} {operator} %s", (*parameters, pattern)


@BigAutoField.register_lookup
class Among(In):
    """`pk__among=[1, 2]`: as __in, which has a parameter for each; PostgreSQL is given one, and asks no longer."""

    lookup_name = "among"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """The condition with an array."""
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*parameters, list(self.rhs))
