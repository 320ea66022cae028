"""To which images an item refers (PS3.3 10.3, C.11.11). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.documents.elements import Dataset, items_of, text_of, values_of
from viewer.states.state import Target


def targets_of(holder: Dataset) -> Iterator[Target]:
    """The items of its Referenced Image Sequence."""
    for item in items_of(holder, "ReferencedImageSequence"):
        frames = values_of(item, "ReferencedFrameNumber")
        uid = text_of(item, "ReferencedSOPInstanceUID")
        if uid:
            yield Target(uid, tuple(int(one) for one in frames if isinstance(one, int)))
