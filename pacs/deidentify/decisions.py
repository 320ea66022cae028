"""Which action an attribute meets under the choices made: the profile, its options, and the Type of the attribute."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag

from pacs.deidentify.choices import Choices, Option
from pacs.deidentify.tables import EMPTY_ALLOWED, OPTIONAL, REQUIRED, Row, row_of, type_of

DATES = frozenset(("DA", "TM", "DT"))
LONG_TEXTS = frozenset(("ST", "LT", "UT", "UC", "UR"))
# Not in the table, and of a VR whose values may say anything; but these say what codes mean, or of which scheme.
OF_CODES = frozenset(
    [
        "LongCodeValue",
        "URNCodeValue",
        "ExtendedCodeMeaning",
        "CodingSchemeName",
        "CodingSchemeURL",
        "CodingSchemeResponsibleOrganization",
    ]
)
# UIDs of classes, syntaxes, schemes and templates: structure that the standard defines (PS3.15 E.3.9, note 4).
STRUCTURAL = frozenset(
    [
        "SOPClassUID",
        "RelatedGeneralSOPClassUID",
        "OriginalSpecializedSOPClassUID",
        "SOPClassesInStudy",
        "SOPClassesSupported",
        "ReferencedSOPClassUID",
        "PertinentSOPClassesInStudy",
        "PertinentSOPClassesInSeries",
        "StoredInstanceTransferSyntaxUID",
        "AvailableTransferSyntaxUID",
        "FlowTransferSyntaxUID",
        "MACCalculationTransferSyntaxUID",
        "CodingSchemeUID",
        "ContextUID",
        "ContextGroupExtensionCreatorUID",
        "MappingResourceUID",
    ]
)
# Describes private blocks, none of which stays as it was.
ABOUT_PRIVATE = "PrivateDataElementCharacteristicsSequence"


class Action(StrEnum):
    """A single action of PS3.15 Table E.1-1a."""

    DUMMY = "D"
    EMPTY = "Z"
    REMOVE = "X"
    KEEP = "K"
    CLEAN = "C"
    UID = "U"


@dataclass(frozen=True)
class Place:
    """Where an attribute stands: in an object of this class, in the sequence of this keyword ("" for none)."""

    sop_class_uid: str
    parent: str = ""


def action_for(tag: int, vr: str, place: Place, choices: Choices) -> Action:
    """What happens to this attribute. Private ones are not asked about here."""
    row = row_of(tag)
    if row is not None:
        return _by_type(_coded(row, choices), tag, place)
    if not dictionary_has_tag(tag):
        return Action.REMOVE  # nobody here knows what it tells
    return _unlisted(tag, vr, place, choices)


def _coded(row: Row, choices: Choices) -> str:
    """The code of the table. Where one option keeps what another cleans, it is cleaned."""
    chosen = {action for option, action in row.options.items() if option in choices.options}
    if not chosen:
        return row.basic
    return "C" if "C" in chosen else chosen.pop()


def _by_type(code: str, tag: int, place: Place) -> Action:
    """One action out of a choice (PS3.15 Table E.1-1a), or what keeps the object one of its class (E.1.1, 2).

    References that may be empty keep their new UIDs: Z allows that.
    """
    options = code.split("/")
    if options == ["Z"] or "X" in options or len(options) > 1:
        rank = type_of(place.sop_class_uid, place.parent, keyword_for_tag(tag))
        if "U*" in options:
            return Action.REMOVE if rank == OPTIONAL else Action.UID
        if rank == REQUIRED:
            return Action.DUMMY
        if rank == EMPTY_ALLOWED or "X" not in options:
            return Action.EMPTY
        return Action.REMOVE
    return Action(code)


def _unlisted(tag: int, vr: str, place: Place, choices: Choices) -> Action:
    """Attributes that the table does not name are kept, but not those whose VR may tell who or when."""
    keyword = keyword_for_tag(tag)
    if keyword == ABOUT_PRIVATE:
        return Action.REMOVE
    if vr == "UI":
        return Action.KEEP if keyword in STRUCTURAL or Option.RETAIN_UIDS in choices else Action.UID
    if vr in DATES and Option.RETAIN_FULL_DATES in choices:
        return Action.KEEP
    if vr in DATES and Option.RETAIN_MODIFIED_DATES in choices:
        return Action.CLEAN
    if vr in LONG_TEXTS and Option.CLEAN_DESCRIPTORS in choices and keyword not in OF_CODES:
        return Action.CLEAN
    if (vr in DATES or vr == "PN" or vr in LONG_TEXTS) and keyword not in OF_CODES:
        return _by_type("X/Z/D", tag, place)
    return Action.KEEP


def vrs_of(tag: int) -> tuple[str, ...]:
    """The VRs that an attribute may have; none where it is not in the dictionary."""
    return tuple(dictionary_VR(tag).split(" or ")) if dictionary_has_tag(tag) else ()
