"""Database triggers by which the trail only ever grows: they refuse to change or remove what was written (promise P17).

They stand where the epoch's do (access.triggers), and for the same reason: in the database, no writer gets around them.
Whoever owns the database may take them away; that is told by `manage.py audit verify`, and so is what was done then.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TRAIL = "access_auditevent"
NAME = "lightbox_append_only"
REFUSAL = "the audit trail is append-only"
VERBS = {"sqlite": ("update", "delete", "insert"), "postgresql": ("update", "delete", "truncate")}


def guard_trail(using: str = "default", **_: Any) -> None:
    """Put the triggers in place. A receiver of post_migrate."""
    connection = connections[using]
    if TRAIL not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in [*_drops(connection.vendor), *_creations(connection.vendor)]:
            cursor.execute(statement)


def unguard_trail(using: str = "default", **_: Any) -> None:
    """Take them away. A receiver of pre_migrate: SQLite rebuilds a table to change it."""
    connection = connections[using]
    if TRAIL not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _drops(connection.vendor):
            cursor.execute(statement)


def is_guarded(using: str = "default") -> bool:
    """Whether every trigger is in place."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN[connection.vendor])
        present = {row[0] for row in cursor.fetchall()}
    return {_name(verb) for verb in VERBS[connection.vendor]} <= present


_KNOWN = {
    "sqlite": f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{TRAIL}'",  # noqa: S608
    # 'O' and 'A': those that are not switched off.
    "postgresql": f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{TRAIL}'::regclass AND tgenabled IN ('O', 'A')",  # noqa: S608
}


def _name(verb: str) -> str:
    return f"{NAME}_{verb}"


def _drops(vendor: str) -> list[str]:
    of_table = f" ON {TRAIL}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {_name(verb)}{of_table}" for verb in VERBS[vendor]]


def _creations(vendor: str) -> list[str]:
    return {"sqlite": _for_sqlite, "postgresql": _for_postgresql}[vendor]()


def _for_sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    # INSERT OR REPLACE takes rows away without asking a trigger of DELETE (recursive_triggers is off).
    replaces = f"EXISTS (SELECT 1 FROM {TRAIL} WHERE id = NEW.id OR hash = NEW.hash)"  # noqa: S608
    return [
        f"CREATE TRIGGER {_name('update')} BEFORE UPDATE ON {TRAIL} {refuse}",
        f"CREATE TRIGGER {_name('delete')} BEFORE DELETE ON {TRAIL} {refuse}",
        f"CREATE TRIGGER {_name('insert')} BEFORE INSERT ON {TRAIL} WHEN {replaces} {refuse}",
    ]


def _for_postgresql() -> list[str]:
    on = f"ON {TRAIL} FOR EACH"
    return [
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER {_name('update')} BEFORE UPDATE {on} ROW EXECUTE FUNCTION {NAME}()",
        f"CREATE TRIGGER {_name('delete')} BEFORE DELETE {on} ROW EXECUTE FUNCTION {NAME}()",
        f"CREATE TRIGGER {_name('truncate')} BEFORE TRUNCATE {on} STATEMENT EXECUTE FUNCTION {NAME}()",
    ]
