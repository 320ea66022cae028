"""What a series was made for: its Request Attributes Sequence (0040,0275), of which PS3.18 Table 10.6.1-5 wants two
attributes to be searched by. Kept in rows, for item by item both have to match."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q

from pacs.catalog import matching
from pacs.catalog.attributes import Path, path_of
from pacs.catalog.levels import Level
from pacs.catalog.models import Series, SeriesRequest
from pacs.catalog.rules import Rules, listed
from pacs.catalog.values import clean_text

SEQUENCE = "00400275"
STEP = path_of("RequestAttributesSequence.ScheduledProcedureStepID")
PROCEDURE = path_of("RequestAttributesSequence.RequestedProcedureID")
COLUMNS = {STEP: "scheduled_procedure_step_id", PROCEDURE: "requested_procedure_id"}
MOST_REQUESTS = 16
LONGEST_HEADER_BYTES = 16 << 20
LONGEST_ID = 64
# Of a row of each level the series that it is, or is of.
TO_SERIES = {Level.SERIES: "pk", Level.INSTANCE: "series_id"}


def write_requests(series: Series, kept: bytes) -> None:
    """Keep what the header of a new series' first object says of its requests."""
    requests = [SeriesRequest(series=series, **one) for one in requests_of(kept)]
    if requests:
        SeriesRequest.objects.bulk_create(requests)


def requests_of(kept: bytes) -> list[dict[str, str]]:
    """The columns of each item of the sequence. The header came out of the sandbox: it may be anything."""
    try:
        text = zlib.decompressobj().decompress(kept, LONGEST_HEADER_BYTES)
        if f'"{SEQUENCE}"'.encode() not in text:
            return []
        items = json.loads(text)[SEQUENCE]["Value"][:MOST_REQUESTS]
        found = [{column: _first(item.get(path[1])) for path, column in COLUMNS.items()} for item in items]
    except (zlib.error, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return []
    return [one for one in found if any(one.values())]


def _first(element: Any) -> str:
    values = element.get("Value") if isinstance(element, dict) else None
    return clean_text(values[0], LONGEST_ID) if isinstance(values, list) and values else ""


def requested(level: Level, keys: dict[Path, str], rules: Rules, *, few: bool) -> Q:
    """The rows whose series has a request that meets these keys, which are taken out of `keys`.

    Where another attribute of the same item is sought too, the headers have to say whether it is the same.
    """
    own = {path: value for path, value in keys.items() if path in COLUMNS and value}
    others = [path for path, value in keys.items() if path[0] == SEQUENCE and value and path not in own]
    if not own or others or level not in TO_SERIES or any(_is_special(one, rules) for one in own.values()):
        return Q()
    found = Q()
    for path in own:
        found &= matching.match_text(path[-1], COLUMNS[path], keys.pop(path))
    requests = SeriesRequest.objects.filter(found)
    if few:
        return Q(Exists(requests.filter(series_id=OuterRef(TO_SERIES[level]))))
    return Q(**{f"{TO_SERIES[level]}__in": requests.values("series_id")})


def _is_special(value: str, rules: Rules) -> bool:
    return rules.asks_for_none(value) or (rules.multiple_values and len(listed(value)) > 1)


def requests_told(series: Iterable[int]) -> Mapping[int, list[dict[str, Any]]]:
    """The items of the sequence as DICOM JSON, by series."""
    told: dict[int, list[dict[str, Any]]] = {}
    for one in SeriesRequest.objects.filter(series_id__in=set(series)).order_by("pk"):
        item = {path[1]: _element(getattr(one, column)) for path, column in COLUMNS.items()}
        told.setdefault(one.series_id, []).append(item)
    return told


def _element(value: str) -> dict[str, Any]:
    return {"vr": "SH", "Value": [value]} if value else {"vr": "SH"}
