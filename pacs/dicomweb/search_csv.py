"""Results of a search as a table (RFC 4180): a column for each attribute, for whoever opens them in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from pacs.catalog.attributes import Path, name_of
from pacs.catalog.headers import JsonDataset

GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
# Spreadsheets run what begins so. Text from a file is no formula.
RUNS = ("=", "+", "-", "@", "\t", "\r")


def heading(columns: Sequence[Path]) -> bytes:
    """The first line: the attributes by keyword, by tag where they have none."""
    return _lines([[name_of(path) for path in columns]])


def table(columns: Sequence[Path], results: Sequence[JsonDataset]) -> bytes:
    """A line for each result."""
    return _lines([[_cell(result, path) for path in columns] for result in results])


def _lines(rows: list[list[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()


def _cell(result: JsonDataset, path: Path) -> str:
    text = "\\".join(_values([result], path))
    return f"'{text}" if text.startswith(RUNS) and not _is_number(text) else text


def _values(items: Sequence[Any], path: Path) -> list[str]:
    found = [
        value for item in items for value in item.get(path[0], {}).get("Value") or [] if value is not None
    ]
    if len(path) > 1:
        return _values([value for value in found if isinstance(value, dict)], path[1:])
    return [_written(value) for value in found]


def _written(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    name = "=".join(str(value.get(group, "")) for group in GROUPS) if value.keys() <= set(GROUPS) else ""
    return name.rstrip("=")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
