"""The conformance statement for DICOMweb, in the order of PS3.2 Annex N.5.3, printed from the tables that route and
parse. `manage.py conformance` writes it; a test holds the written one against what would be written now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydicom.datadict import keyword_for_tag

from pacs.catalog.attributes import ATTRIBUTES, MADE_FOR_ANSWERS, Attribute
from pacs.catalog.keys import SEARCHED_BY
from pacs.catalog.levels import SERIES_TAGS, STUDY_TAGS, Level
from pacs.dicomweb.offered import SERVICES
from pacs.dicomweb.transactions import REFUSALS, Parameter, Service, Transaction

HEAD = """# Conformance: DICOMweb

This page is printed by `manage.py conformance` from the tables by which Lightbox routes and parses; it is not edited.
Clauses without another name are of DICOM PS3.18.

Lightbox is an origin server of the Studies Service. Its base URI is `/dicom-web` below its public address. Every
request shows a session's cookie or a Bearer key; what is not open to its account is answered as what does not exist.
All text is UTF-8. Errors are one JSON object: `{"error": {"code", "message", "fields", "request_id"}}`.
"""
LEVELS = {Level.STUDY: "Study", Level.SERIES: "Series", Level.INSTANCE: "Instance"}
BY_VR = {
    "DA": "single value, range",
    "TM": "single value, range",
    "UI": "list of UIDs",
    "IS": "single value",
    "US": "single value",
    "CS": "single value, list, wild cards",
    "PN": "wild cards, fuzzy",
    "AS": "single value",
}


def conformance_statement() -> str:
    """The whole page."""
    parts = [HEAD, *(_service(one) for one in SERVICES), _statuses(), _attributes(), _headers()]
    return "\n".join(parts)


def _service(service: Service) -> str:
    clause = f" ({service.clause})" if service.clause else ""
    lines = [f"## {service.name}{clause}", *_transactions(service.transactions), ""]
    lines += [line for parameters in _parameter_sets(service.transactions) for line in parameters]
    answers = {status: told for row in service.transactions for status, told in row.answers.items()}
    if answers:
        lines += _table(("Status", "meaning"), [(str(one), answers[one]) for one in sorted(answers)])
        lines += [""]
    lines += [f"* {remark}" for remark in _remarks(service)]
    return "\n".join(lines) + "\n"


def _transactions(rows: Sequence[Transaction]) -> list[str]:
    takes = any(row.takes for row in rows)
    heads = (
        "Transaction",
        "Clause",
        "Request",
        *(("Body",) if takes else ()),
        "Answer; the first is the default",
    )
    cells = [
        (
            row.name,
            row.clause,
            f"`{row.method} {row.path}`",
            *((_codes(row.takes),) if takes else ()),
            _codes(row.gives),
        )
        for row in rows
    ]
    return _table(heads, cells)


def _parameter_sets(rows: Sequence[Transaction]) -> Iterator[list[str]]:
    """A table for each set of parameters, named by those that have it."""
    by_set: dict[tuple[Parameter, ...], list[str]] = {}
    for row in rows:
        by_set.setdefault(row.parameters, []).append(row.name)
    for parameters, names in by_set.items():
        if parameters:
            said = "" if len(by_set) == 1 else f"{', '.join(names)}:\n"
            cells = [(f"`{one.name}`", one.values, one.meaning) for one in parameters]
            yield [*filter(None, [said]), *_table(("Query parameter", "values", "meaning"), cells), ""]


def _remarks(service: Service) -> list[str]:
    of_rows = [f"{row.name}: {row.remark}" for row in service.transactions if row.remark]
    return [*service.remarks, *of_rows]


def _statuses() -> str:
    rows = [(str(status), meaning) for status, meaning in REFUSALS.items()]
    return "\n".join(["## Every transaction (8.5)", *_table(("Status", "meaning"), rows), ""])


def _attributes() -> str:
    lines = ["## Attributes with a column (Tables 10.6.1-5, 10.6.3-3 to -5; PS3.4 C.6)", ""]
    lines += _table(
        ("Level", "Attribute", "Tag", "VR", "matching"),
        [(LEVELS[one.level], one.keyword, _tag(one.tag), one.vr, _matching(one)) for one in ATTRIBUTES],
    )
    made = ", ".join(MADE_FOR_ANSWERS)
    lines += ["", f"Made for the answer (PS3.4 C.3.4): {made}; of these SOPClassesInStudy is a key too.", ""]
    return "\n".join(lines)


def _matching(attribute: Attribute) -> str:
    if not attribute.is_key:
        return "none"
    by = SEARCHED_BY.get(attribute.keyword)
    if by is not None and attribute.vr == "CS":
        return "list, wild cards, multiple values"
    return BY_VR.get(attribute.vr, "single value, wild cards")


def _headers() -> str:
    """The attributes that are told of studies and series although no column has them."""
    lines = ["## Attributes without a column", ""]
    for level, tags in ((Level.STUDY, STUDY_TAGS), (Level.SERIES, SERIES_TAGS)):
        lines += [f"Of the level {LEVELS[level]}: {', '.join(_named(tags))}.", ""]
    return "\n".join(
        [*lines, "Of the level Instance: every other attribute. Private attributes: of every level.", ""]
    )


def _named(tags: Iterable[str]) -> list[str]:
    return [keyword_for_tag(int(tag, 16)) for tag in sorted(tags)]


def _tag(tag: str) -> str:
    return f"({tag[:4]},{tag[4:]})"


def _codes(media_types: Iterable[str]) -> str:
    return "<br>".join(f"`{one}`" for one in media_types)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [heads, ["---"] * len(heads), *([one.replace("|", r"\|") for one in row] for row in rows)]
    return [f"| {' | '.join(row)} |" for row in cells]
