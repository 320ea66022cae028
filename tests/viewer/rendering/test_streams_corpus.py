"""Every frame of ../shared/data that can be shown has an exact stream, or a stated reason why it has none.

What its header tells is all that it takes to show it as the server does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest

from pacs.catalog.models import Instance
from pacs.catalog.pixel_source import Layout
from pacs.ingest.receipts import Rejected
from tests.viewer.api.corpus_exceptions import CANNOT_SHOW, NO_STREAM
from tests.viewer.corpus import GROUPS, expected, paths_of, take_in
from tests.viewer.streams import decoded, shown_by_client, stream_of
from viewer.imaging.errors import CannotShow, NoStream
from viewer.rendering import frame_values
from viewer.rendering.descriptions import described
from viewer.rendering.render import show
from viewer.rendering.request import Look
from viewer.rendering.stored_frame import address_frame, read_stored
from viewer.rendering.values import FrameValues, to_values

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("cold"),
    pytest.mark.slow,
]
# Browsers and we make colours of the same YCbCr by formulas that round differently.
MOST_APART = 2
WHOLE = (slice(None), slice(None))


@pytest.mark.parametrize("group", GROUPS)
def test_every_frame_has_an_exact_stream_or_says_why_it_has_none(group: str, shared_data: Path) -> None:
    paths = [path for path in paths_of(shared_data) if path.startswith(f"{group}/")]
    without = {path: reason for path in paths if (reason := _why_without((shared_data / path).read_bytes()))}
    assert without == expected(NO_STREAM, paths) | expected(CANNOT_SHOW, paths)


def _why_without(file: bytes) -> str:
    receipt = take_in(file)
    if isinstance(receipt, Rejected):
        return ""  # tests of the door hold those
    instance = Instance.objects.get(sop_instance_uid=receipt.sop_instance_uid)
    if instance.pixel_layout == Layout.NONE:
        return ""
    try:
        for frame_index in {0, instance.number_of_frames // 2, instance.number_of_frames - 1}:
            _assert_exact(instance, frame_index)
    except (CannotShow, NoStream) as error:
        return error.reason
    return ""


def _assert_exact(instance: Instance, frame_index: int) -> None:
    told, payloads = stream_of(instance, frame_index)
    address = address_frame(instance, frame_index)
    known = described(address.source)
    stored = read_stored(address, known)
    truth = to_values(stored, known.description, frame_index)
    colours = truth.level(0).colours
    shown = stored.values if colours is None else colours
    if told["codec"] == "jpeg":
        assert stored.jpeg == payloads[0]
        picture = imagecodecs.jpeg8_decode(payloads[0])  # as a browser does: by the marker that we added
        assert np.abs(picture.astype(int) - shown).max() <= MOST_APART
    else:
        last = decoded(payloads, len(payloads))
        assert last.dtype.name == told["number"]
        assert np.array_equal(last, shown)
        assert np.array_equal(shown_by_client(told, last), show(truth, 0, Look(), WHOLE))
    assert [(one["rows"], one["columns"]) for one in told["levels"]][-1] == shown.shape[:2]
    frame_values.forget()
    _assert_same(frame_values.frame_values(address), truth)


def _assert_same(frame: FrameValues, truth: FrameValues) -> None:
    """What requests get of the stream is what they got of the file."""
    own, wanted = frame.level(0), truth.level(0)
    assert all(map(_equal, vars(own).values(), vars(wanted).values()))
    assert own.values is None or own.values.dtype == wanted.values.dtype  # type: ignore[union-attr]


def _equal(one: Any, other: Any) -> bool:
    return (one is None) == (other is None) and np.array_equal(one, other)
