"""What kind of thing an instance is to somebody who wants to see it (PS3.18 8.7.4, resource categories)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pydicom.uid import (
    EncapsulatedPDFStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    PseudoColorSoftcopyPresentationStateStorage,
)

from pacs.catalog.pixel_source import Layout

if TYPE_CHECKING:
    from pacs.catalog.kept_objects import KeptObject
    from pacs.catalog.models import Instance

SR_CLASSES = "1.2.840.10008.5.1.4.1.1.88."  # PS3.6 A: all reports, and key object selections
ENCAPSULATED_CLASSES = "1.2.840.10008.5.1.4.1.1.104."
STATE_CLASSES = "1.2.840.10008.5.1.4.1.1.11."
PSEUDO_COLOUR = PseudoColorSoftcopyPresentationStateStorage
APPLIED_STATES = (GrayscaleSoftcopyPresentationStateStorage, PSEUDO_COLOUR)


class Kind(StrEnum):
    """What it is shown as."""

    IMAGE = "image"
    REPORT = "report"
    PDF = "pdf"
    ENCAPSULATED = "encapsulated"  # a document that is no PDF by its class
    STATE = "state"  # how other instances are shown
    NONE = "none"


def kind_of(instance: Instance | KeptObject) -> Kind:
    """By its pixels, else by its SOP Class."""
    if instance.pixel_layout != Layout.NONE:
        return Kind.IMAGE
    uid = instance.sop_class_uid
    if uid == EncapsulatedPDFStorage:
        return Kind.PDF
    by_class = {SR_CLASSES: Kind.REPORT, ENCAPSULATED_CLASSES: Kind.ENCAPSULATED, STATE_CLASSES: Kind.STATE}
    return next((kind for beginning, kind in by_class.items() if uid.startswith(beginning)), Kind.NONE)
