"""What a viewer is told of a kind of image, whatever its header says."""

from __future__ import annotations

from typing import Any

import pytest

from viewer.rendering.formats import format_of, frame_rate_of, frame_times_of, lossy_of, spacing_of


@pytest.mark.parametrize(
    ("display", "spacing"),
    [
        ({"PixelSpacing": [0.5, 0.4]}, ([0.5, 0.4], "Pixel Spacing")),
        ({"PixelSpacing": [0.5, 0.5], "ImagerPixelSpacing": [0.6, 0.6]}, ([0.5, 0.5], "Calibrated")),
        ({"PixelSpacing": [0.6, 0.6], "ImagerPixelSpacing": [0.6, 0.6]}, ([0.6, 0.6], "At detector")),
        ({"PixelSpacing": [0.5, 0.5], "PixelSpacingCalibrationType": "FIDUCIAL"}, ([0.5, 0.5], "Calibrated")),
        ({"ImagerPixelSpacing": [0.1, 0.1]}, ([0.1, 0.1], "At detector")),
        ({"NominalScannedPixelSpacing": [0.1, 0.1]}, ([0.1, 0.1], "Digitized film")),
        (
            {"PixelSpacing": [0.1, 0.1], "NominalScannedPixelSpacing": [0.1, 0.1]},
            ([0.1, 0.1], "Digitized film"),
        ),
        (
            {"PixelSpacing": [0.2, 0.2], "NominalScannedPixelSpacing": [0.1, 0.1]},
            ([0.2, 0.2], "Calibrated"),
        ),
        ({"PixelSpacing": [0, 0]}, (None, None)),
        ({"PixelSpacing": ["a", "b"]}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_millimetres_say_where_they_come_from(display: dict[str, Any], spacing: object) -> None:
    assert spacing_of(display) == spacing


def test_ultrasound_regions_carry_their_own_scale() -> None:
    region = {
        "RegionLocationMinX0": 10,
        "RegionLocationMinY0": 20,
        "RegionLocationMaxX1": 300,
        "RegionLocationMaxY1": 400,
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 4,
        "PhysicalDeltaX": 0.05,
        "PhysicalDeltaY": 0.01,
    }
    told = format_of({"SequenceOfUltrasoundRegions": [region], "Rows": 8, "Columns": 8}, "US")
    assert told["ultrasound_regions"] == [
        {"x0": 10, "y0": 20, "x1": 300, "y1": 400, "dx_mm": 0.5, "dy_mm": None}
    ]
    assert told["spacing_source"] == "Ultrasound region"


@pytest.mark.parametrize(
    ("display", "rate"),
    [
        ({"FrameTime": 40}, 25.0),
        ({"CineRate": 30, "FrameTime": 40, "FrameTimeVector": [0, 50, 50]}, 20.0),
        ({"FrameTimeVector": [0, 50, 50], "CineRate": 30}, 20.0),
        ({"FrameTimeVector": 50}, 20.0),
        ({"RecommendedDisplayFrameRate": 12, "CineRate": 30}, 30.0),
        ({"RecommendedDisplayFrameRate": 12}, 12.0),
        ({"RecommendedDisplayFrameRate": 12, "CineRate": 0, "FrameTime": 0}, 12.0),
        ({"FrameTime": 0}, None),
        ({}, None),
    ],
)
def test_a_cine_runs_as_its_maker_says(display: dict[str, Any], rate: float | None) -> None:
    """Frame Time Vector, Frame Time, Cine Rate, Recommended Display Frame Rate: in this order."""
    assert frame_rate_of(display) == rate


@pytest.mark.parametrize(
    ("display", "times"),
    [
        ({"FrameTimeVector": [0, 100, 50]}, [100, 50, 75]),
        ({"FrameTimeVector": [0, 50, 50]}, None),
        ({"FrameTimeVector": [0, 100, 50], "FrameTime": 33}, [100, 50, 75]),
        ({"FrameTimeVector": [0, 100]}, None),
        ({"FrameTimeVector": [0, 100, 0]}, None),
        ({"FrameTimeVector": [0, 100, "x"]}, None),
        ({"FrameTimeVector": 75}, None),
        ({}, None),
    ],
)
def test_frames_are_shown_for_unequal_times_where_the_file_says_so(
    display: dict[str, Any], times: list[float] | None
) -> None:
    """PS3.3 C.7.6.5.1.2: the vector tells the time before each frame, and of the first none."""
    assert frame_times_of(display, 3) == times


@pytest.mark.parametrize(
    ("syntax", "says", "is_lossy"),
    [
        (".4.50", None, True),
        (".4.51", "00", True),
        (".4.81", None, True),
        (".4.203", None, True),
        (".4.203", "00", False),
        (".4.91", None, True),
        (".4.90", None, False),
        (".4.70", None, False),
        (".1", None, False),
        (".1", "01", True),
    ],
)
def test_what_lost_pixels_is_told_though_only_its_compression_says_so(
    syntax: str, says: str | None, is_lossy: bool
) -> None:
    told = lossy_of({"LossyImageCompression": says, "TransferSyntaxUID": f"1.2.840.10008.1.2{syntax}"})
    assert told == ({"ratio": None, "method": ""} if is_lossy else None)


@pytest.mark.parametrize(
    ("photometric", "shape", "inverse"),
    [
        ("MONOCHROME1", None, True),
        ("MONOCHROME2", "INVERSE", True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME2", "IDENTITY", False),
        ("RGB", "INVERSE", False),
    ],
)
def test_what_shows_its_lowest_value_white_is_told(
    photometric: str, shape: str | None, inverse: bool
) -> None:
    told = format_of({"PhotometricInterpretation": photometric, "PresentationLUTShape": shape}, "DX")
    assert told["inverse"] == inverse


def test_a_format_survives_whatever_a_header_says() -> None:
    odd = {
        "Rows": "x",
        "WindowCenter": ["a"],
        "WindowWidth": [0],
        "PixelAspectRatio": [0, 0],
        "ImageType": 7,
        "ImageOrientationPatient": [1, 2],
        "SequenceOfUltrasoundRegions": ["x"],
        "LossyImageCompression": "01",
    }
    told = format_of(odd, "CT")
    assert (told["rows"], told["levels_512"], told["windows"], told["aspect"]) == (0, 0, [], 1.0)
    assert told["lossy"] == {"ratio": None, "method": ""}
