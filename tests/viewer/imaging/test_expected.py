"""Greys, colours and planes of ../shared/data/synthetic, whose true values were computed where they were made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.viewer.imaging.files import Array, describe, first_frame, frames_of
from viewer.imaging.colour import to_rgb
from viewer.imaging.modality import to_modality_values
from viewer.imaging.overlays import burn
from viewer.imaging.presentation import to_display
from viewer.imaging.types import Lut
from viewer.imaging.voi import apply_voi_lut, apply_window, default_window

ROUNDED = 0.51  # a grey is a whole number, the truth has two decimals
Facts = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def synthetic(shared_data: Path) -> Path:
    return shared_data / "synthetic"


@pytest.fixture(scope="module")
def facts(synthetic: Path) -> Facts:
    told: Facts = json.loads((synthetic / "EXPECTED.json").read_text(encoding="utf-8"))
    return told


def shown(file: bytes) -> Array:
    """The first frame as a viewer shows it who changes nothing."""
    description = describe(file)
    grey = to_modality_values(first_frame(file), description, 0)
    by = default_window(grey.values, description, 0)
    greys = apply_voi_lut(grey.values, by) if isinstance(by, Lut) else apply_window(grey.values, by)
    return to_display(greys, description, invert=False)


def probes(told: dict[str, Any]) -> list[tuple[tuple[int, int], Any]]:
    return [((int(row), int(column)), truth) for place, truth in told.items()
            for row, column in [place.split(",")]]  # fmt: skip


def test_greys_are_the_expected_ones(synthetic: Path, facts: Facts) -> None:
    """PS3.3 C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2, C.11.2.1.1, C.11.6.1.2 and C.7.6.3.1.2."""
    wrong, seen = [], 0
    for path, told in facts.items():
        for kind in ("expected_gray_LINEAR(row,col)", "expected_gray(row,col)"):
            greys = probes(told.get(kind, {}))
            if greys:
                picture = shown((synthetic / path).read_bytes())
                seen += len(greys)
                wrong += [(path, place, int(picture[place]), grey) for place, grey in greys
                          if abs(int(picture[place]) - grey) > ROUNDED]  # fmt: skip
    assert wrong == []
    assert seen > 80


def test_stored_values_have_the_expected_extremes(synthetic: Path, facts: Facts) -> None:
    for path, told in facts.items():
        if "stored_min" in told:
            stored = first_frame((synthetic / path).read_bytes())
            assert (int(stored.min()), int(stored.max())) == (told["stored_min"], told["stored_max"]), path


def test_modality_values_are_the_expected_ones(synthetic: Path, facts: Facts) -> None:
    """PS3.3 C.11.1.1."""
    path = "display/modality_lut_sequence.dcm"
    file = (synthetic / path).read_bytes()
    values = to_modality_values(first_frame(file), describe(file), 0).values
    for place, truth in probes(facts[path]["modality_value(row,col)"]):
        assert int(values[place]) == truth


def test_padding_overlay_and_aspect_are_the_expected_ones(synthetic: Path, facts: Facts) -> None:
    path = "display/padding_overlay_aspect.dcm"
    file, told = (synthetic / path).read_bytes(), facts["display/padding_overlay_aspect.dcm"]
    description = describe(file)
    mask = to_modality_values(first_frame(file), description, 0).padding_mask
    assert mask is not None
    assert int(mask.sum()) == told["padding_pixels"]
    blank = np.zeros((description.rows, description.columns), np.uint8)
    drawn = burn(blank, description.overlays, 0)
    assert int((drawn == 255).sum()) == told["overlay_set_pixels"]
    row, column = np.indices(drawn.shape)
    assert np.array_equal(drawn == 255, (column // 8 + row // 8) % 2 == 1)
    assert description.pixel_aspect == 4


def test_colours_are_the_expected_ones(synthetic: Path, facts: Facts) -> None:
    """PS3.3 C.7.6.3.1.2, C.7.6.3.1.3, C.7.6.3.1.5 and C.7.9.2."""
    seen = 0
    for path, told in facts.items():
        for kind, tolerance in (("rgb(row,col)", 0), ("rgb(row,col) +-1", 1), ("rgb(row,col) +-2", 2)):
            for place, truth in probes(told.get(kind, {})):
                file = (synthetic / path).read_bytes()
                picture = to_rgb(first_frame(file), describe(file))
                assert np.abs(picture[place].astype(float) - truth).max() <= tolerance, (path, place)
                seen += 1
    assert seen >= 20


def test_colours_that_share_their_chroma_are_near_those_that_do_not(synthetic: Path) -> None:
    """YBR_FULL_422 as it lies in a native file: Y1 Y2 Cb Cr."""
    whole, pairs = (
        to_rgb(first_frame(file), describe(file)).astype(int)
        for name in ("rgb_planar0", "ybr_full_422")
        for file in [(synthetic / f"colour/{name}.dcm").read_bytes()]
    )
    assert np.abs(whole[:, ::2] - pairs[:, ::2]).max() <= 2
    assert np.abs(whole - pairs).max() <= 8


@pytest.mark.parametrize("kind", ["stored_sha256_if_lossless", "stored_sha256"])
def test_codestreams_hold_the_slice_that_they_were_made_of(kind: str, synthetic: Path, facts: Facts) -> None:
    """HTJ2K .201 and .202, JPEG XL .110."""
    hashes = {path: told[kind] for path, told in facts.items() if told.get(kind)}
    assert hashes
    for path, truth in hashes.items():
        stored = first_frame((synthetic / path).read_bytes())
        assert hashlib.sha256(stored.tobytes()).hexdigest() == truth, path


def test_one_bit_and_label_segments_hold_the_expected_voxels(synthetic: Path, facts: Facts) -> None:
    def frames(name: str) -> list[Array]:
        return [stored for stored, _ in frames_of((synthetic / f"seg/{name}.dcm").read_bytes())]

    binary, labels = facts["seg/ct_binary_2seg.dcm"]["segments"], facts["seg/ct_labelmap.dcm"]["segments"]
    assert sum(int(frame.sum()) for frame in frames("ct_binary_2seg")) == sum(binary.values())
    counted = [sum(int((frame == label).sum()) for frame in frames("ct_labelmap")) for label in (1, 2)]
    assert counted == list(labels.values())


def test_cines_have_the_expected_frames(synthetic: Path, facts: Facts) -> None:
    for path in ("xa/xa_multiframe_rle.dcm", "op/opt_bscans.dcm"):
        frames = [stored for stored, _ in frames_of((synthetic / path).read_bytes())]
        assert len(frames) == facts[path]["frames"]
        assert all(not np.array_equal(frame, frames[0]) for frame in frames[1:])
