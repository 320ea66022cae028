"""The order in which everything comes into the catalogue and leaves it: one writer at a time, one number for each.

Writers take turns, whole transactions of them: on SQLite a transaction is IMMEDIATE, and whoever is in one is the
only writer; on PostgreSQL they queue at a lock. So numbers become visible in their order, without a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from pacs.catalog.models import Arrival
from pacs.catalog.statements import ask

# Any number, as long as nothing else in the database takes the same advisory lock.
REGISTER_LOCK = 0x4C425F5245474953
THE_ROW = 1
NEXT_ARRIVAL = "UPDATE catalog_arrival SET number = number + 1 WHERE id = %s RETURNING number"
LAST_ARRIVAL = "UPDATE catalog_arrival SET number = %s WHERE id = %s"


def take_turn() -> None:
    """Be the only writer until the transaction ends; what is read from here on is what the one before committed."""
    if connection.vendor == "postgresql":
        ask("SELECT pg_advisory_xact_lock(%s)", [REGISTER_LOCK])


def next_arrival() -> int:
    """The number of what comes or goes now, one above the last. Only whoever has taken the turn may ask.

    Whoever has seen 7 is never told of a 6 later.
    """
    taken = ask(NEXT_ARRIVAL, [THE_ROW])
    if taken is None:
        _put_row()
        return next_arrival()
    number: int = taken[0]
    return number


def number_taken(last: int) -> None:
    """All numbers up to this one are taken, by whoever has asked for the next one in the same turn."""
    ask(LAST_ARRIVAL, [last, THE_ROW])


@dataclass(frozen=True)
class Newest:
    """The last number that is committed, and the name of the catalogue that gave it."""

    archive: str
    number: int


def newest() -> Newest:
    """Where the order stands; at 0 where nothing ever came."""
    row = Arrival.objects.filter(pk=THE_ROW).first()
    if row is None:
        _put_row()
        return newest()
    return Newest(row.archive, row.number)


def _put_row() -> None:
    """Begin to count. Somebody else may do so at the same moment: one row is made."""
    Arrival.objects.bulk_create([Arrival(pk=THE_ROW)], ignore_conflicts=True)
