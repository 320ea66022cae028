"""That nothing of what a client takes can be given, and what could be (PS3.18 8.7.8, RFC 9110 15.5.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pacs.catalog.pixel_source import Layout
from pacs.dicomweb.accept import ANY_SYNTAX
from pacs.dicomweb.media_types import DICOM, EXPLICIT_LITTLE, NATIVE, OCTETS, Offer, pixel_media_of
from pacs.dicomweb.transcode_frames import may_be_made
from pacs.http.answers import Answer, refusal
from pacs.storage.transcode_encode import CODERS

if TYPE_CHECKING:
    from pacs.catalog.kept_objects import KeptObject
    from pacs.catalog.models import Instance


LOSSLESS_TARGETS = tuple(syntax for syntax, coder in CODERS.items() if not coder.lossy_method)


NO_FRAMES = "A video has no frames of its own: its stream is had whole, from …/bulkdata/7FE00010."


class NotAcceptable(Exception):
    """None of the client's wishes can be met; these could."""

    def __init__(self, possible: Iterable[str], otherwise: str = "It cannot be had.") -> None:
        super().__init__("not acceptable")
        self.possible = tuple(possible)
        self.otherwise = otherwise

    def told(self) -> Answer:
        """406, with a list of what can be had."""
        message = "It can be had as: " + "; or ".join(self.possible) if self.possible else self.otherwise
        return refusal(406, "not_acceptable", message, fields={"acceptable": list(self.possible)})


def frames_not_acceptable(instance: Instance) -> NotAcceptable:
    """Frames of this instance were asked for as they cannot be had."""
    if instance.pixel_layout == Layout.VIDEO:
        return NotAcceptable((), NO_FRAMES)
    return NotAcceptable(_frames_can_be_had_as(instance))


def _frames_can_be_had_as(instance: Instance) -> list[str]:
    stored = instance.transfer_syntax_uid
    kept = EXPLICIT_LITTLE if stored in NATIVE else stored
    kind = (instance.pixel_layout, instance.bits_allocated, stored)
    makeable = [one for one in (EXPLICIT_LITTLE, *LOSSLESS_TARGETS) if may_be_made(*kind, one)]
    if instance.pixel_layout == Layout.ENCAPSULATED and kept not in makeable:
        makeable.insert(0, kept)
    names = [(OCTETS, kept if kept in makeable else ""), *((pixel_media_of(one), one) for one in makeable)]
    offers = [Offer(name, syntax, is_multipart=True) for name, syntax in names if syntax]
    return list(dict.fromkeys(offer.as_asked_for for offer in offers))


def objects_can_be_had_as(objects: Sequence[KeptObject]) -> list[str]:
    """How all of these objects can be asked for."""
    kinds = {(one.pixel_layout, one.bits_allocated, one.transfer_syntax_uid) for one in objects}
    targets = (
        target
        for target in (EXPLICIT_LITTLE, *LOSSLESS_TARGETS)
        if all(target == kind[2] or kind[0] == Layout.NONE or may_be_made(*kind, target) for kind in kinds)
    )
    return [Offer(DICOM, syntax, is_multipart=True).as_asked_for for syntax in (ANY_SYNTAX, *targets)]
