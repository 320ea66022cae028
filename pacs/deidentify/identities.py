"""Who an object says it is about, so that it can be looked for wherever else it may have been written.

The profile names the attributes that hold identities. A name typed into another field, a code's meaning or a
comment inside a codestream is found because it is the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydicom import Dataset
from pydicom.charset import python_encoding
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword

SHORTEST_NAME = 3
SHORTEST_NUMBER = 5
# Beside everything of VR PN. Of these the whole value counts, and words of it do not.
NUMBERS = frozenset(
    tag_for_keyword(keyword)
    for keyword in [
        "PatientID",
        "OtherPatientIDs",
        "AccessionNumber",
        "AdmissionID",
        "ServiceEpisodeID",
        "MedicalRecordLocator",
        "PatientTelephoneNumbers",
        "PatientInsurancePlanCodeSequence",
        "ClinicalTrialSubjectID",
        "PatientBirthDate",
        "PatientAddress",
        "PatientTelecomInformation",
        "IssuerOfPatientID",
    ]
)
_PARTS = re.compile(r"[\s^=,;.\\]+")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
NOT_NAMES = frozenset(
    [
        "the",
        "and",
        "von",
        "van",
        "der",
        "den",
        "del",
        "des",
        "dos",
        "unknown",
        "anonymous",
        "removed",
        "none",
        "test",
        "prof",
    ]
)


@dataclass(frozen=True)
class Identities:
    """Names, as words; and numbers and the like, whole. Casefolded."""

    names: frozenset[str]
    numbers: frozenset[str]

    def are_in(self, value: bytes, encodings: tuple[str, ...]) -> bool:
        """Whether the bytes of a text hold one of them."""
        pattern = self._pattern
        return pattern is not None and any(pattern.search(text) for text in _readings(value, encodings))

    def spans_in(self, value: bytes) -> Iterator[tuple[int, int]]:
        """Where in these bytes one of them begins and ends, in latin letters."""
        pattern = self._pattern
        if pattern is not None:
            yield from (found.span() for found in pattern.finditer(value.decode("latin-1").lower()))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        words = [rf"(?<![^\W_]){re.escape(one)}(?![^\W_])" for one in self.names]
        whole = [rf"(?<!\d){re.escape(one)}(?!\d)" for one in self.numbers]
        return re.compile("|".join(words + whole)) if words or whole else None


def _readings(value: bytes, encodings: tuple[str, ...]) -> Iterator[str]:
    for encoding in dict.fromkeys((*encodings, "utf-8", "latin-1")):
        try:
            yield value.decode(encoding, "replace").casefold()
        except LookupError:
            continue


def identities_of(dataset: Dataset) -> Identities:
    """Those that the data set tells, at any depth."""
    names, numbers = set[str](), set[str]()
    for element in _told(dataset):
        text = str(element.value or "")
        if element.VR == "PN":
            names.update(word.casefold() for part in _PARTS.split(text) for word in _WORDS.findall(part))
        else:
            several = element.value if isinstance(element.value, (list, tuple)) else str(text).split("\\")
            numbers.update(str(one).strip().casefold() for one in several)
    return Identities(
        frozenset(name for name in names if len(name) >= SHORTEST_NAME and name not in NOT_NAMES),
        frozenset(number for number in numbers if len(number) >= SHORTEST_NUMBER),
    )


def _told(dataset: Dataset) -> Iterator[Any]:
    """The elements that identify; one that cannot be read tells nothing."""
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag] if _may_tell(dataset, tag) else None
        except Exception:  # noqa: S112  # pydicom raises many kinds
            continue
        if element is None:
            continue
        if element.VR == "SQ":
            for item in element.value:
                yield from _told(item)
        elif element.VR == "PN" or tag in NUMBERS:
            yield element


def _may_tell(dataset: Dataset, tag: Any) -> bool:
    """Asked before the value is made sense of: of a large header that would take most of the time."""
    vr = dataset.get_item(tag).VR
    if vr in (None, "UN"):
        vr = dictionary_VR(tag) if dictionary_has_tag(tag) else vr
    return vr in ("PN", "SQ") or tag in NUMBERS


def encodings_of(dataset: Dataset) -> tuple[str, ...]:
    """By the names that Python has for them."""
    declared = dataset.get("SpecificCharacterSet", "") or ""
    several = [declared] if isinstance(declared, str) else list(declared)
    return tuple(python_encoding[one] for one in several if one in python_encoding)
