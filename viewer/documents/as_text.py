"""A report as plain text, in UTF-8: the same as the page, by indentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from viewer.documents.content import Item, Report

INDENT = "  "
# A terminal obeys some of these: lines and tabs alone are left.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def to_text(report: Report) -> bytes:
    """The whole document."""
    return ("\n".join(_lines(report)) + "\n").encode("utf-8", "replace")


def _lines(report: Report) -> Iterator[str]:
    title = _plain(report.title)
    yield title
    yield "=" * len(title)
    yield from (f"{label}: {_plain(told)}" for label, told in report.facts)
    yield ""
    yield from _items(report.items, "")
    if report.left_out:
        yield f"({report.left_out} more items are not told here.)"


def _items(items: Iterable[Item], indent: str) -> Iterator[str]:
    for item in items:
        if item.is_container:
            yield f"{indent}{_plain(item.name or 'Section')}"
        else:
            name = f"{_plain(item.name)}: " if item.name else ""
            first, *more = _plain(item.value or "not told").split("\n")
            yield f"{indent}{name}{first}"
            yield from (f"{indent}{INDENT}{line}" for line in more)
        yield from _items(item.children, indent + INDENT)


def _plain(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
