"""The trail written out, some events at a time: as FHIR AuditEvent, one a line, or as syslog messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pacs.access.trail import Asked, batches, names_in
from pacs.trail.fhir import to_fhir
from pacs.trail.syslog import to_syslog

if TYPE_CHECKING:
    from pacs.access.models import AuditEvent
    from pacs.access.trail import Names

Line = Callable[["AuditEvent", "Names"], bytes]


def _json_line(event: AuditEvent, names: Names) -> bytes:
    return json.dumps(to_fhir(event, names), ensure_ascii=False).encode()


# A message of syslog is one line: what could break it is character references in its XML.
FORMATS: dict[str, Line] = {"ndjson": _json_line, "syslog": to_syslog}


def lines(asked: Asked, form: str) -> Iterator[bytes]:
    """What is asked for, the oldest first, in pieces of whole lines."""
    to_line = FORMATS[form]
    for events in batches(asked):
        names = names_in(events)
        yield b"".join(to_line(event, names) + b"\n" for event in events)
