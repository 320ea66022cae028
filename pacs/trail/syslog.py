"""An event of the trail as a syslog message (RFC 5424), with an audit message of DICOM in it (PS3.15 A.6, A.7)."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from pacs.trail.dicom_message import to_xml
from pacs.trail.fhir import SUCCESS, outcome_of
from pacs.trail.source import NAME, site_host

if TYPE_CHECKING:
    from pacs.access.models import AuditEvent
    from pacs.access.trail import Names

VERSION = 1
FACILITY = 10  # security/authorization messages (PS3.15 A.6)
NOTICE, WARNING = 5, 4
MSGID = "DICOM+RFC3881"
NIL = "-"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # RFC 5424 6.4: what follows is UTF-8
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")


def to_syslog(event: AuditEvent, names: Names) -> bytes:
    """The message, without the framing of any transport.

    PROCID is the number of the event: whoever collects them can tell that one is missing, or came twice.
    """
    severity = NOTICE if outcome_of(event) == SUCCESS else WARNING
    moment = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    host = _NOT_PRINTABLE.sub("", site_host())[:255] or NIL
    header = f"<{FACILITY * 8 + severity}>{VERSION} {moment} {host} {NAME} {event.pk} {MSGID} {NIL}"
    return f"{header} {BOM}{to_xml(event, names)}".encode()


def counted(message: bytes) -> bytes:
    """Framed for a stream, by octet counting (RFC 5425 4.3, RFC 6587 3.4.1)."""
    return b"%d %s" % (len(message), message)
