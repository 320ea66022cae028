"""A report as a page that is read on a phone as well as on a desk: no text of a file ever becomes markup (P10, P12)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape

from viewer.documents.content import Item, Report

DEEPEST_HEADING = 6
# What HTML has no character for; and what would turn the order of all that follows (bdi keeps the rest in its place).
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
STYLE = """
:root { color-scheme: light dark; }
body {
  margin: 0 auto; max-width: 44rem; padding: 1rem 1rem 3rem;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2, h3, h4, h5, h6 { font-size: 1.125rem; line-height: 1.3; margin: 1.75rem 0 .5rem; }
h4, h5, h6 { font-size: 1rem; }
dl {
  display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem;
  margin: 0 0 1.5rem; padding: .75rem 0; border-block: 1px solid #8886;
}
dd { margin: 0; }
ul { list-style: none; margin: .25rem 0; padding: 0; }
ul ul { margin-left: 1rem; padding-left: .75rem; border-left: 2px solid #8886; }
li { padding: .25rem 0; }
.value { font-weight: 600; white-space: pre-line; }
.long { display: block; font-weight: 400; }
@media print { body { max-width: none; } }
""".strip()
LONG_TEXT = 60
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# The page may do nothing, not even load: its one style is known by its digest. Our own app may frame it.
CONTENT_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'self'; sandbox"


def to_html(report: Report) -> bytes:
    """The whole page, in UTF-8."""
    return "".join(_page(report)).encode("utf-8", "replace")


def _page(report: Report) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{_text(report.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
    yield f'<h1 lang="{escape(report.language)}" dir="auto">{_text(report.title)}</h1>\n'
    if report.facts:
        rows = (f'<dt>{_text(label)}</dt><dd dir="auto">{_text(told)}</dd>' for label, told in report.facts)
        yield f"<dl>\n{''.join(f'{row}{chr(10)}' for row in rows)}</dl>\n"
    yield f'<article lang="{escape(report.language)}">\n'
    yield from _items(report.items, 2)
    yield "</article>\n"
    if report.left_out:
        yield f"<p>{report.left_out} more items are not shown here. The object itself holds them all.</p>\n"
    yield "</main>\n</body>\n</html>\n"


def _items(items: tuple[Item, ...], level: int) -> Iterator[str]:
    """Containers as sections with a heading, what stands between them as lists."""
    row = list[Item]()
    for item in items:
        if not item.is_container:
            row.append(item)
            continue
        yield from _list(row, level)
        row = []
        yield f"<section>\n{_heading(item, level)}"
        yield from _items(item.children, level + 1)
        yield "</section>\n"
    yield from _list(row, level)


def _heading(item: Item, level: int) -> str:
    tag = f"h{min(level, DEEPEST_HEADING)}"
    return f'<{tag} dir="auto">{_text(item.name or "Section")}</{tag}>\n'


def _list(items: list[Item], level: int) -> Iterator[str]:
    if not items:
        return
    yield "<ul>\n"
    for item in items:
        yield f"<li>{_line(item)}"
        yield from _items(item.children, level)
        yield "</li>\n"
    yield "</ul>\n"


def _line(item: Item) -> str:
    name = f'<span class="name"><bdi>{_text(item.name)}</bdi>:</span> ' if item.name else ""
    look = "value long" if len(item.value) > LONG_TEXT or "\n" in item.value else "value"
    return f'{name}<span class="{look}" dir="auto"><bdi>{_text(item.value or "not told")}</bdi></span>'


def _text(text: str) -> str:
    return escape(_NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))
