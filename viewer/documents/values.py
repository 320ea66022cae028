"""The value of a content item as text, by its Value Type (PS3.3 C.17.3.2.1 and C.18). Pure."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.uid import UID

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

UCUM, WITHOUT_UNIT = "UCUM", "1"
NOT_TOLD = "not told here: read the object itself"
MOST_FRAMES_NAMED = 20


def value_of(item: Dataset) -> str:
    """What the item says; of a type that is not known, that it is not told. By reference: where it stands."""
    told = BY_TYPE.get(text_of(item, "ValueType"))
    if told is not None:
        return told(item)
    place = values_of(item, "ReferencedContentItemIdentifier")
    if place:
        return f"see item {'.'.join(map(str, place))}"
    return NOT_TOLD


def _number(item: Dataset) -> str:
    """A number with its unit; without a measured value the reason that is given (PS3.3 C.18.1)."""
    measured = first_item(item, "MeasuredValueSequence")
    number = text_of(measured, "NumericValue")
    qualifier = meaning_of(item, "NumericValueQualifierCodeSequence")
    if not number:
        return qualifier or "no value"
    told = f"{number} {_unit(measured)}".strip()
    return f"{told} ({qualifier})" if qualifier else told


def _unit(measured: Dataset) -> str:
    code = first_item(measured, "MeasurementUnitsCodeSequence")
    value = text_of(code, "CodeValue")
    if text_of(code, "CodingSchemeDesignator") != UCUM:
        return meaning_of(measured, "MeasurementUnitsCodeSequence")
    # Annotations of UCUM, as {ratio}, are told by their meaning.
    return (
        ""
        if value == WITHOUT_UNIT
        else meaning_of(measured, "MeasurementUnitsCodeSequence")
        if "{" in value
        else value
    )


def _reference(item: Dataset) -> str:
    """Which objects are meant, as text: their kind, their UID, their frames (PS3.3 C.18.3 and C.18.4)."""
    return "; ".join(filter(None, map(_one_reference, items_of(item, "ReferencedSOPSequence"))))


def _one_reference(referenced: Dataset) -> str:
    kind = UID(text_of(referenced, "ReferencedSOPClassUID"))
    name = kind.name.removesuffix(" Storage") if kind.is_valid else "Object"
    uid = text_of(referenced, "ReferencedSOPInstanceUID")
    numbers = values_of(referenced, "ReferencedFrameNumber")
    named = ", ".join(map(str, numbers[:MOST_FRAMES_NAMED]))
    more = " and more" if len(numbers) > MOST_FRAMES_NAMED else ""
    frames = f", frame {named}{more}" if numbers else ""
    return f"{name} {uid}{frames}" if uid else ""


def _coordinates(dimensions: int) -> Callable[[Dataset], str]:
    def told(item: Dataset) -> str:
        kind = text_of(item, "GraphicType").capitalize()
        count = len(values_of(item, "GraphicData")) // dimensions
        return f"{kind}, {count} {'point' if count == 1 else 'points'}" if kind else ""

    return told


def _times(item: Dataset) -> str:
    return text_of(item, "TemporalRangeType").capitalize()


BY_TYPE: dict[str, Callable[[Dataset], str]] = {
    "CONTAINER": lambda item: "",
    "TEXT": lambda item: text_of(item, "TextValue"),
    "CODE": lambda item: meaning_of(item, "ConceptCodeSequence"),
    "NUM": _number,
    "DATE": lambda item: date_of(item, "Date"),
    "TIME": lambda item: time_of(item, "Time"),
    "DATETIME": lambda item: moment_of(item, "DateTime"),
    "UIDREF": lambda item: text_of(item, "UID"),
    "PNAME": lambda item: person_of(item, "PersonName"),
    "IMAGE": _reference,
    "COMPOSITE": _reference,
    "WAVEFORM": _reference,
    "SCOORD": _coordinates(2),
    "SCOORD3D": _coordinates(3),
    "TCOORD": _times,
}
