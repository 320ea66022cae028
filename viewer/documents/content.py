"""A structured report as its readers want it: who it is about, and its content tree (PS3.3 C.17.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from viewer.documents.elements import (
    Dataset,
    date_of,
    first_item,
    items_of,
    meaning_of,
    moment_of,
    person_of,
    text_of,
    time_of,
    values_of,
)
from viewer.documents.values import value_of

CONTAINER, LANGUAGE_CODE = "CONTAINER", "121049"  # PS3.16, Language of Content Item and Descendants
UNKNOWN_LANGUAGE = "und"  # RFC 5646 4.1
MOST_ITEMS = 20_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True)
class Item:
    """One content item. A container has no value; `children` are in the order of the file."""

    name: str
    value: str
    value_type: str
    children: tuple[Item, ...] = ()

    @property
    def is_container(self) -> bool:
        """Whether it is a heading with what stands below it."""
        return self.value_type == CONTAINER


@dataclass(frozen=True)
class Report:
    """A whole document. `facts` are labels and what the file says; `left_out` counts items beyond the bound."""

    title: str
    language: str
    facts: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    left_out: int = 0


def read_report(header: Dataset) -> Report:
    """The report that this header is the whole of."""
    reader = _Reader()
    items = tuple(reader.read(header))
    title = meaning_of(header, "ConceptNameCodeSequence") or "Report"
    facts = tuple((label, told) for label, told in _facts(header) if told)
    return Report(title, _language_of(header), facts, items, reader.left_out)


class _Reader:
    def __init__(self) -> None:
        self._read = 0
        self.left_out = 0

    def read(self, holder: Dataset) -> Iterator[Item]:
        for item in items_of(holder, "ContentSequence"):
            if self._read >= MOST_ITEMS:
                self.left_out += 1
                continue
            self._read += 1
            name, kind = meaning_of(item, "ConceptNameCodeSequence"), text_of(item, "ValueType")
            yield Item(name, value_of(item), kind, tuple(self.read(item)))


def _facts(header: Dataset) -> Iterator[tuple[str, str]]:
    yield "Patient", person_of(header, "PatientName")
    yield "Patient ID", text_of(header, "PatientID")
    yield "Born", date_of(header, "PatientBirthDate")
    yield "Sex", text_of(header, "PatientSex")
    yield "Study", text_of(header, "StudyDescription")
    yield "Study date", f"{date_of(header, 'StudyDate')} {time_of(header, 'StudyTime')}".strip()
    yield "Accession number", text_of(header, "AccessionNumber")
    yield "Referring physician", person_of(header, "ReferringPhysicianName")
    yield "Written", f"{date_of(header, 'ContentDate')} {time_of(header, 'ContentTime')}".strip()
    yield (
        "Completeness",
        " ".join(
            filter(None, (text_of(header, "CompletionFlag"), text_of(header, "PreliminaryFlag")))
        ).capitalize(),
    )
    yield "Verification", text_of(header, "VerificationFlag").capitalize()
    for observer in items_of(header, "VerifyingObserverSequence"):
        who, when = person_of(observer, "VerifyingObserverName"), moment_of(observer, "VerificationDateTime")
        yield "Verified by", " · ".join(filter(None, (who, when)))


def _language_of(header: Dataset) -> str:
    """The language that the document says it is in; undetermined where it does not."""
    for item in items_of(header, "ContentSequence"):
        if text_of(first_item(item, "ConceptNameCodeSequence"), "CodeValue") == LANGUAGE_CODE:
            told = text_of(first_item(item, "ConceptCodeSequence"), "CodeValue")
            return told if _LANGUAGE.fullmatch(told) else UNKNOWN_LANGUAGE
    return UNKNOWN_LANGUAGE


def is_report(header: Dataset) -> bool:
    """Whether the header holds a content tree."""
    return text_of(header, "ValueType") == CONTAINER or bool(values_of(header, "ContentSequence"))
