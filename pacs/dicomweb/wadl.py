"""The tables as a WADL document, which is what PS3.18 Annex H has for capabilities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import quoteattr

from pacs.dicomweb.transactions import Transaction

NAMESPACE = "http://wadl.dev.java.net/2009/02"
WADL = "application/vnd.sun.wadl+xml"
SUCCESS = range(200, 300)
Branch = tuple[Sequence[str], Transaction]


def to_wadl(transactions: Sequence[Transaction], base: str) -> bytes:
    """One tree of resources below the base URI, each with its methods."""
    rows = sorted(((row.path.strip("/").split("/"), row) for row in transactions), key=lambda one: one[0])
    tree = "".join(_resources(rows))
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<application xmlns="{NAMESPACE}">'
    return f"{head}<resources base={quoteattr(base)}>{tree}</resources></application>\n".encode()


def _resources(rows: Sequence[Branch]) -> Iterator[str]:
    for segment, found in groupby(rows, key=lambda one: one[0][0]):
        below = [(path[1:], row) for path, row in found]
        own = "".join(_method(row) for path, row in below if not path)
        inner = "".join(_resources([one for one in below if one[0]]))
        yield f"<resource path={quoteattr(segment)}>{own}{inner}</resource>"


def _method(row: Transaction) -> str:
    taken = "".join(f"<representation mediaType={quoteattr(one)}/>" for one in row.takes)
    given = "".join(f"<representation mediaType={quoteattr(one)}/>" for one in row.gives)
    accept = "".join(f"<option value={quoteattr(one)}/>" for one in row.gives)
    asked = (
        f'<param name="Accept" style="header" default={quoteattr(row.gives[0])}>{accept}</param>'
        if row.gives
        else ""
    )
    asked += "".join(
        f'<param name={quoteattr(one.name)} style="query"/>' for one in row.parameters if one.name[0] != "{"
    )
    named = re.sub(r"\W+", "", row.name.title())
    statuses = " ".join(str(status) for status in sorted({200, *row.answers}) if status in SUCCESS)
    answered = f'<response status="{statuses}">{given}</response>'
    return f'<method name="{row.method}" id="{named}"><request>{asked}{taken}</request>{answered}</method>'
