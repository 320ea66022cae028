"""Database triggers that raise the access epoch whenever anything that decides access changes (promise P14).

They stand in the database and not in Python, so that no writer can forget them: neither a bulk update,
nor a cascade, nor a person at the SQL prompt. They are put in place after every `migrate`, and taken away
before it, because SQLite rebuilds a table to change it, and loses its triggers on the way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

EPOCH_TABLE = "access_accessepoch"
NAME = "lightbox_epoch"
RAISE = f"UPDATE {EPOCH_TABLE} SET number = number + 1"  # noqa: S608  # a constant of ours


@dataclass(frozen=True)
class Watch:
    """A table whose rows decide access: which verbs on it, and for UPDATE which columns must differ, or what else."""

    table: str
    verbs: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    columns: tuple[str, ...] = ()
    condition: str = ""


WATCHES = (
    # Signing in writes last_login, which decides nothing.
    Watch(
        "access_user",
        ("UPDATE", "DELETE"),
        (
            "role",
            "is_active",
            "password",
            "username",
            "referring_physician_key",
            "second_factor_due_at",
            "institution_id",
        ),
    ),
    # Without its last second factor an account may be held. With a new one it is nobody's no more, and to be nobody
    # is never remembered.
    Watch("mfa_authenticator", ("UPDATE", "DELETE"), ("user_id", "type")),
    Watch("access_patienttie", columns=("user_id", "patient_id")),
    Watch(
        "access_grant",
        columns=(
            "user_id",
            "group_id",
            "to_institution_id",
            "study_id",
            "patient_id",
            "referring_physician_key",
            "institution_id",
            "expires_at",
        ),
    ),
    Watch("access_breakglass", columns=("user_id", "study_id", "ends_at")),
    Watch("access_roletemplate", columns=("role", "rights", "breadth")),
    Watch("access_groupmember", columns=("user_id", "group_id")),
    # A new link opens nothing that was decided before. That it was opened, or a try was taken, decides nothing.
    Watch(
        "access_guestlink",
        ("UPDATE", "DELETE"),
        (
            "made_by_id",
            "purpose",
            "not_before",
            "expires_at",
            "revoked_at",
            "study_id",
            "extent",
            "may_download",
            "is_deidentified",
        ),
    ),
    # The first one tells those who see everything apart from it: access.reach.
    Watch("access_linkcopy", columns=("link_id", "copy_id", "state")),
    Watch("access_sharedpart", ("UPDATE", "DELETE"), ("link_id", "series_id", "instance_id")),
    Watch("access_apikey", columns=("user_id", "digest", "scopes", "expires_at", "revoked_at")),
    # Signing out deletes the row. Whose a session is never changes: Django makes a new key for that. Its end
    # may be brought forward; put off, it only has to be looked up again.
    Watch("django_session", ("UPDATE", "DELETE"), condition="NEW.expire_date < OLD.expire_date"),
    # That somebody was there again only puts the lock off; that it was locked, or nobody is said to have been there
    # since longer than was known, holds at once (access.idle).
    Watch(
        "usersessions_usersession",
        ("UPDATE", "DELETE"),
        condition="NEW.last_seen_at < OLD.last_seen_at OR NEW.data <> OLD.data",
    ),
    # New studies open nothing that was decided before; moved, renamed or removed ones do. Counts and
    # other columns that change with every arrival are left out: the epoch must rest while studies come in.
    Watch(
        "catalog_study",
        ("UPDATE", "DELETE"),
        ("patient_id", "study_instance_uid", "referring_physician_key", "institution_id"),
    ),
    # The first beside the own one ends that everything is open to the own staff.
    Watch("catalog_institution", ("INSERT", "DELETE")),
    Watch("catalog_series", ("UPDATE", "DELETE"), ("study_id", "series_instance_uid")),
    Watch(
        "catalog_instance",
        ("UPDATE", "DELETE"),
        (
            "series_id",
            "sop_instance_uid",
            "blob",
            "size_bytes",
            "transfer_syntax_uid",
            "pixel_layout",
            "pixel_offset",
            "frame_offset",
            "frame_bytes",
            "frame_table",
            "number_of_frames",
        ),
    ),
)


def install_triggers(using: str = "default", **_: Any) -> None:
    """Put the epoch's row and all triggers in place. A receiver of post_migrate."""
    connection = connections[using]
    if not _has_tables(connection):
        return
    with connection.cursor() as cursor:
        _put_row(cursor)
        for statement in _creations(connection.vendor):
            cursor.execute(statement)


def remove_triggers(using: str = "default", **_: Any) -> None:
    """Take all triggers away. A receiver of pre_migrate."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for watch in WATCHES:
            if watch.table in present:
                for statement in _drops(connection.vendor, watch):
                    cursor.execute(statement)


def _has_tables(connection: BaseDatabaseWrapper) -> bool:
    present = set(connection.introspection.table_names())
    return {EPOCH_TABLE, *(watch.table for watch in WATCHES)} <= present


def _put_row(cursor: CursorWrapper) -> None:
    cursor.execute(f"SELECT count(*) FROM {EPOCH_TABLE}")  # noqa: S608
    if cursor.fetchone()[0] == 0:
        # Not 0: were the row ever lost and made again, no number of before may come back, for decisions
        # may still be remembered under it.
        cursor.execute(f"INSERT INTO {EPOCH_TABLE} (number) VALUES (%s)", [time.time_ns()])  # noqa: S608


def _creations(vendor: str) -> list[str]:
    make = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}[vendor]
    statements = [] if vendor == "sqlite" else [_function_for_postgresql()]
    for watch in WATCHES:
        statements += _drops(vendor, watch)
        statements += [make(watch, verb) for verb in watch.verbs]
    return statements


def _drops(vendor: str, watch: Watch) -> list[str]:
    of_table = f" ON {watch.table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {_name(watch, verb)}{of_table}" for verb in watch.verbs]


def _name(watch: Watch, verb: str) -> str:
    return f"{NAME}_{watch.table}_{verb.lower()}"


def _for_sqlite(watch: Watch, verb: str) -> str:
    when = _when(watch, "IS NOT") if verb == "UPDATE" else ""
    return f"CREATE TRIGGER {_name(watch, verb)} AFTER {verb} ON {watch.table} {when} BEGIN {RAISE}; END"


def _for_postgresql(watch: Watch, verb: str) -> str:
    when = _when(watch, "IS DISTINCT FROM") if verb == "UPDATE" else ""
    return (
        f"CREATE TRIGGER {_name(watch, verb)} AFTER {verb} ON {watch.table} "
        f"FOR EACH ROW {when} EXECUTE FUNCTION {NAME}()"
    )


def _when(watch: Watch, differs: str) -> str:
    conditions = [f"OLD.{column} {differs} NEW.{column}" for column in watch.columns]
    return f"WHEN ({watch.condition or ' OR '.join(conditions)})"


def _function_for_postgresql() -> str:
    # A row and not a sequence: a sequence's number is seen before the change it tells of is committed, and
    # a decision on the old state would be kept under the new number.
    return (
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {RAISE}; RETURN NULL; END $$"
    )
