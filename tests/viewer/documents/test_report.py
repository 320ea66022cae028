"""A structured report as text and as a page: every kind of value, dates, units, and text that would be markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread

from pacs.catalog.header_json import header_json
from tests import builders
from tests.builders import code, content_item
from viewer.documents import as_html, content
from viewer.documents.as_html import to_html
from viewer.documents.as_text import to_text
from viewer.documents.content import Report, read_report

OURS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "dl",
        "dt",
        "dd",
        "article",
        "ul",
        "li",
        "span",
        "bdi",
    ]
)
MARKUP = "</style><script>alert(1)</script><img src=x onerror=alert(1)> & \"'"


class Page(HTMLParser):
    """The page as a parser that is not ours has it: tags with their attributes, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.style = ""
        self._in: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._in[-1] if self._in else ""
        if inside == "style":
            self.style += data
        elif re.fullmatch("h[1-6]", inside):
            self.headings.append((int(inside[1]), data))
        self.text.append(data)


def report_of(file: bytes) -> Report:
    dataset = dcmread(BytesIO(file))
    return read_report(json.loads(header_json(dataset)))


def told(item: Dataset) -> str:
    (read,) = report_of(builders.report(ContentSequence=[item])).items
    return read.value


def number(value: Any, *units: Dataset, **values: Any) -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = list(units)
    return content_item("NUM", "Diameter", MeasuredValueSequence=[measured], **values)


def reference(**values: Any) -> Dataset:
    referenced = Dataset()
    referenced.ReferencedSOPClassUID, referenced.ReferencedSOPInstanceUID = (
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.3",
    )
    for keyword, value in values.items():
        setattr(referenced, keyword, value)
    return referenced


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (content_item("TEXT", "x", TextValue="Two\r\nlines"), "Two\r\nlines"),
        (content_item("CODE", "x", ConceptCodeSequence=[code("Mass")]), "Mass"),
        (content_item("CODE", "x", ConceptCodeSequence=[code("", "T-1")]), "T-1"),
        (number("42.5", code("millimeter", "mm", "UCUM")), "42.5 mm"),
        (number("3", code("no units", "1", "UCUM")), "3"),
        (number("0.4", code("ratio", "{ratio}", "UCUM")), "0.4 ratio"),
        (number("7", code("Hounsfield unit", "HU", "99")), "7 Hounsfield unit"),
        (number("7", NumericValueQualifierCodeSequence=[code("about")]), "7 (about)"),
        (
            content_item("NUM", "x", MeasuredValueSequence=[], NumericValueQualifierCodeSequence=[code("Failed")]),
            "Failed",
        ),
        (content_item("DATE", "x", Date="20240229"), "2024-02-29"),
        (content_item("TIME", "x", Time="030405.25"), "03:04:05"),
        (content_item("DATETIME", "x", DateTime="20240229030405.5+0100"), "2024-02-29 03:04:05 +0100"),
        (content_item("DATETIME", "x", DateTime="202402"), "2024-02"),
        (content_item("UIDREF", "x", UID="1.2.3"), "1.2.3"),
        (content_item("PNAME", "x", PersonName="Yamada^Tarou=山田^太郎"), "Yamada Tarou / 山田 太郎"),
        (content_item("IMAGE", "x", ReferencedSOPSequence=[reference()]), "CT Image 1.2.3"),
        (
            content_item("IMAGE", "x", ReferencedSOPSequence=[reference(ReferencedFrameNumber=[1, 3])]),
            "CT Image 1.2.3, frame 1, 3",
        ),
        (content_item("SCOORD", "x", GraphicType="POLYLINE", GraphicData=[1, 2, 3, 4]), "Polyline, 2 points"),
        (content_item("SCOORD3D", "x", GraphicType="POINT", GraphicData=[1, 2, 3]), "Point, 1 point"),
        (content_item("TCOORD", "x", TemporalRangeType="SEGMENT"), "Segment"),
        (content_item("", "x", ReferencedContentItemIdentifier=[1, 2]), "see item 1.2"),
        (content_item("TABLE", "x"), "not told here: read the object itself"),
    ],
)  # fmt: skip
def test_each_kind_of_value(item: Dataset, expected: str) -> None:
    assert told(item) == expected


def tree(depth: int) -> Dataset:
    leaf = content_item("TEXT", "Finding", TextValue="Normal.")
    for level in range(depth, 0, -1):
        leaf = content_item("CONTAINER", f"Level {level}", leaf)
    return leaf


def test_headings_go_down_by_one_and_end_at_six() -> None:
    file = builders.report(ConceptNameCodeSequence=[code("CT report")], ContentSequence=[tree(7)])
    page = Page(to_html(report_of(file)))
    assert [level for level, _ in page.headings] == [1, 2, 3, 4, 5, 6, 6, 6]
    assert [text for _, text in page.headings] == ["CT report", *(f"Level {level}" for level in range(1, 8))]
    assert page.text.count("Normal.") == 1


def test_p12_text_of_a_report_is_never_markup() -> None:
    item = content_item(
        "TEXT", MARKUP, content_item("CODE", "x", ConceptCodeSequence=[code(MARKUP)]), TextValue=MARKUP
    )
    hostile = builders.report(
        PatientName="<b>Jane</b>^<script>",
        StudyDescription=MARKUP,
        ConceptNameCodeSequence=[code(MARKUP)],
        ContentSequence=[item],
    )
    page = Page(to_html(report_of(hostile)))
    assert {tag for tag, _ in page.tags} <= OURS
    attributes = {name for _, one in page.tags for name in one}
    assert attributes <= {"lang", "charset", "name", "content", "class", "dir"}
    assert page.style == as_html.STYLE
    assert page.text.count(MARKUP) >= 4  # it is all there, as text


def test_the_policy_knows_the_one_style_by_its_digest() -> None:
    page = Page(to_html(report_of(builders.report())))
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in as_html.CONTENT_POLICY
    assert "script" not in as_html.CONTENT_POLICY
    assert as_html.CONTENT_POLICY.endswith("sandbox")


def test_control_characters_leave_neither_the_page_nor_the_text() -> None:
    item = content_item("TEXT", "x", TextValue="a\x1b[31mb\x00c\u202ed\ttab")
    report = report_of(builders.report(ContentSequence=[item]))
    assert b"a\xef\xbf\xbd[31mb" in to_text(report)
    assert not set(to_text(report).decode()) & set("\x1b\x00\u202e")
    assert not set(to_html(report).decode()) & set("\x1b\x00")


@pytest.mark.parametrize(
    ("told_language", "given"), [("de-CH", "de-CH"), ('x"><script>', "und"), ("", "und")]
)
def test_the_language_of_the_document_is_told_where_it_is_one(told_language: str, given: str) -> None:
    language = content_item(
        "CODE", "Language", ConceptCodeSequence=[code("German", told_language, "RFC5646")]
    )
    language.ConceptNameCodeSequence = [code("Language of Content Item and Descendants", "121049", "DCM")]
    page = Page(to_html(report_of(builders.report(ContentSequence=[language]))))
    langs = dict(page.tags)["article"]
    assert langs == {"lang": given}
    assert dict(page.tags)["html"] == {"lang": "en"}


def test_who_and_when_stand_at_the_head_and_what_is_not_known_does_not() -> None:
    observer = Dataset()
    observer.VerifyingObserverName, observer.VerificationDateTime = "Reader^Ruth", "20240103090000"
    file = builders.report(
        AccessionNumber="", CompletionFlag="COMPLETE", VerificationFlag="VERIFIED", VerifyingObserverSequence=[observer]
    )  # fmt: skip
    facts = dict(report_of(file).facts)
    assert facts["Patient"] == "Doe Jane"
    assert facts["Born"] == "1970-01-31"
    assert facts["Study date"] == "2024-01-02 03:04:05"
    assert facts["Verified by"] == "Reader Ruth · 2024-01-03 09:00:00"
    assert (facts["Completeness"], facts["Verification"]) == ("Complete", "Verified")
    assert "Accession number" not in facts


def test_what_is_beyond_the_bound_is_told_and_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_ITEMS", 2)
    items = [content_item("TEXT", "x", TextValue=str(number)) for number in range(5)]
    report = report_of(builders.report(ContentSequence=items))
    assert (len(report.items), report.left_out) == (2, 3)
    assert b"3 more items" in to_html(report)
    assert b"3 more items" in to_text(report)


def test_the_text_is_indented_as_the_tree_is() -> None:
    report = report_of(
        builders.report(ConceptNameCodeSequence=[code("CT report")], ContentSequence=[tree(2)])
    )
    lines = to_text(report).decode().splitlines()
    assert lines[:2] == ["CT report", "========="]
    assert lines[-3:] == ["Level 1", "  Level 2", "    Finding: Normal."]


def test_a_measurement_report_of_another_maker(shared_data: Path) -> None:
    text = to_text(report_of((shared_data / "synthetic/sr/tid1500_ct.dcm").read_bytes())).decode()
    for line in (
        "Diameter: 42.5 mm",
        "Area: 2035.5 mm2",
        "Finding: Mass",
        "Finding Site: Brain",
        "Person Observer Name: Reader Test",
    ):
        assert line in text


@pytest.mark.parametrize(
    "path",
    [
        "dcm4che/report_dfl", "dcmqi/sr-example/sr.dcm", "highdicom/sr_document.dcm", "pydicom/reportsi.dcm",
        "pydicom/reportsi_with_empty_number_tags.dcm", "pydicom/test-SR.dcm", "synthetic/ko/ko_ct.dcm",
    ],
)  # fmt: skip
def test_every_report_of_the_corpus_is_read(shared_data: Path, path: str) -> None:
    report = report_of((shared_data / path).read_bytes())
    assert report.items
    page = Page(to_html(report))
    assert page.headings[0][1] == report.title
    levels = [level for level, _ in page.headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))
