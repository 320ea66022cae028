"""Up to which event the trail was sent on: kept in the database, so that a restart goes on where it was."""

from __future__ import annotations

from pacs.access.models import AuditEvent, TrailForwarding
from pacs.access.trail import Asked, newest_number, page


def not_yet_sent(most: int) -> list[AuditEvent]:
    """The next events to send, the oldest first. The first time ever: those that are written from now on."""
    row, _ = TrailForwarding.objects.get_or_create(defaults={"sent": newest_number()})
    return page(Asked(), most, row.sent, oldest_first=True)


def note_sent(number: int) -> None:
    """All up to the event of this number are sent."""
    TrailForwarding.objects.update(sent=number)
