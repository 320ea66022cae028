"""What a viewer must know beforehand: classic keywords, enhanced groups flattened, and values that are none."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import Dataset, Sequence
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from pacs.catalog import display as display_words
from pacs.catalog.display import Display, position_mm
from pacs.catalog.elements import elements_of


def read_display(dataset: Dataset) -> Display:
    return display_words.read_display(elements_of(dataset))


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        if isinstance(value, dict):
            value = Sequence([item(**value)])
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            value = Sequence([item(**one) for one in value])
        setattr(dataset, keyword, value)
    return dataset


def enhanced(**attributes: Any) -> Dataset:
    """Three frames, 2.5 mm apart along z, one of whose groups are shared."""
    frames = [
        {
            "PlanePositionSequence": {"ImagePositionPatient": [1, 2, 2.5 * place]},
            "FrameVOILUTSequence": {"WindowCenter": 40 + place, "WindowWidth": 400},
        }
        for place in range(3)
    ]
    shared = {
        "PixelMeasuresSequence": {"PixelSpacing": [0.5, 0.75], "SliceThickness": 2},
        "PlaneOrientationSequence": {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
        "FrameVOILUTSequence": {"WindowCenter": 0, "WindowWidth": 1},
        "PixelValueTransformationSequence": {
            "RescaleSlope": 2,
            "RescaleIntercept": -1024,
            "RescaleType": "HU",
        },
        "FrameAnatomySequence": {"FrameLaterality": "L"},
    }
    return item(
        **{
            "SharedFunctionalGroupsSequence": shared,
            "PerFrameFunctionalGroupsSequence": frames,
            "NumberOfFrames": 3,
            **attributes,
        }
    )


def test_classic_keywords_are_numbers_texts_and_lists() -> None:
    display = read_display(
        item(
            SamplesPerPixel=1,
            PixelSpacing=[0.5, "0.25"],
            WindowCenter=[40, -600],
            WindowCenterWidthExplanation=["SOFT", "LUNG"],
            FrameTime="1.5",
            ImageType=["ORIGINAL", "PRIMARY"],
            PatientName="Not^Told",
        )
    )
    assert display == {
        "SamplesPerPixel": 1,
        "PixelSpacing": [0.5, 0.25],
        "WindowCenter": [40, -600],
        "WindowCenterWidthExplanation": ["SOFT", "LUNG"],
        "FrameTime": 1.5,
        "ImageType": ["ORIGINAL", "PRIMARY"],
    }


def test_enhanced_groups_are_flattened_and_the_first_frame_speaks_for_itself() -> None:
    display = read_display(enhanced())
    assert display["PixelSpacing"] == [0.5, 0.75]
    assert display["ImageOrientationPatient"] == [1, 0, 0, 0, 1, 0]
    assert display["RescaleType"] == "HU"
    assert (display["WindowCenter"], display["WindowWidth"]) == (40, 400)
    assert display["ImagePositionPatient"] == [1, 2, 0]
    assert display["ImageLaterality"] == "L"


@pytest.mark.parametrize(("angle", "told"), [(1e-5, True), (0.1, False)])
def test_no_frame_speaks_for_the_sides_and_millimetres_of_one_that_lies_otherwise(
    angle: float, told: bool
) -> None:
    dataset = enhanced()
    del dataset.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
    del dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    for place, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        plane = [1, 0, 0, 0, 1 - angle * place, angle * place]
        frame.PlaneOrientationSequence = Sequence([item(ImageOrientationPatient=plane)])
        frame.PixelMeasuresSequence = Sequence([item(PixelSpacing=[0.5 + angle * place, 0.5])])
    display = read_display(dataset)
    assert ("ImageOrientationPatient" in display, "PixelSpacing" in display) == (told, told)
    # The shape of a pixel is no measure: the first frame's is told.
    assert display.get("PixelAspectRatio") == (None if told else [0.5, 0.5])


def test_groups_go_before_what_the_data_set_says_itself_as_they_do_for_the_picture() -> None:
    display = read_display(enhanced(RescaleType="US", PixelSpacing=[9, 9]))
    assert (display["RescaleType"], display["PixelSpacing"]) == ("HU", [0.5, 0.75])


def test_a_window_of_the_groups_takes_no_name_or_function_of_another() -> None:
    outside = {"WindowCenterWidthExplanation": "LUNG", "VOILUTFunction": "SIGMOID", "WindowCenter": 7}
    display = read_display(enhanced(**outside))
    assert (display["WindowCenter"], display["WindowWidth"]) == (40, 400)
    assert "VOILUTFunction" not in display
    assert "WindowCenterWidthExplanation" not in display


def test_a_macro_tells_its_own_keywords_only() -> None:
    dataset = enhanced(PhotometricInterpretation="RGB")
    groups = dataset.SharedFunctionalGroupsSequence[0]
    groups.PixelMeasuresSequence[0].PhotometricInterpretation = "MONOCHROME1"
    assert read_display(dataset)["PhotometricInterpretation"] == "RGB"


@pytest.mark.parametrize(
    ("orientation", "position", "along"),
    [
        ([1, 0, 0, 0, 1, 0], [9, 9, -3.5], -3.5),
        ([0, 1, 0, 0, 0, -1], [4, 9, 9], -4),
        ([1, 0, 0, 0, 0.6, 0.8], [0, 10, 0], -8),
        ([1, 0, 0], [0, 0, 1], None),
        (None, [0, 0, 1], None),
        ([1, 0, 0, 0, 1, 0], None, None),
        ([1, 0, 0, 0, 1, 0], [0, 0], None),
        ([1, 0, 0, 0, 1, None], [0, 0, 1], None),
    ],
)
def test_a_slice_lies_where_its_position_falls_on_its_normal(
    orientation: Any, position: Any, along: float | None
) -> None:
    display = {"ImageOrientationPatient": orientation, "ImagePositionPatient": position}
    found = position_mm(display)
    assert found is None if along is None else found == pytest.approx(along)


def raw(keyword_tag: int, vr: str, value: bytes) -> RawDataElement:
    return RawDataElement(Tag(keyword_tag), vr, len(value), value, 0, False, True)


def test_a_value_that_is_none_is_left_out_and_the_rest_is_told() -> None:
    dataset = item(SamplesPerPixel=1)
    dataset[0x00281050] = raw(0x00281050, "DS", b"steep ")
    dataset[0x00281051] = raw(0x00281051, "DS", b"1e999 ")
    dataset[0x00280030] = raw(0x00280030, "DS", b"0.5\\NaN ")
    display = read_display(dataset)
    assert display["SamplesPerPixel"] == 1
    assert "WindowCenter" not in display
    assert "WindowWidth" not in display
    assert display.get("PixelSpacing") in (None, [0.5, None])


def test_groups_that_are_no_sequences_are_passed_over() -> None:
    dataset = item(SamplesPerPixel=1)
    dataset[0x52009229] = raw(0x52009229, "UN", b"\1\2\3\4")
    assert read_display(dataset) == {"SamplesPerPixel": 1}


def test_regions_of_ultrasound_are_told_by_their_numbers() -> None:
    region = {"RegionLocationMinX0": 1, "PhysicalDeltaX": 0.01}
    display = read_display(item(SequenceOfUltrasoundRegions=[region, region]))
    assert display["SequenceOfUltrasoundRegions"] == [region, region]


@pytest.mark.filterwarnings("ignore:The value length")
def test_long_lists_are_cut_and_the_times_of_many_frames_are_told_as_their_mean() -> None:
    many: list[float] = [0, *([40] * 100)]
    assert read_display(item(FrameTimeVector=many))["FrameTimeVector"] == many
    assert read_display(item(FrameTimeVector=many * 30))["FrameTimeVector"] == 40
    assert read_display(item(FrameTimeVector=[0, 40, 50]))["FrameTimeVector"] == [0, 40, 50]
    assert len(read_display(item(WindowCenter=many))["WindowCenter"]) == 64
    assert len(read_display(item(ViewPosition="X" * 999))["ViewPosition"]) == 256


def test_every_frame_has_its_place() -> None:
    assert read_display(enhanced())["FramePositions"] == [[3, 1.0, 2.0, 0.0, 0.0, 0.0, 2.5]]
    dataset = enhanced()
    del dataset.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence
    assert read_display(dataset)["FramePositions"] == [[1, 1, 2, 0], [1], [1, 1, 2, 5]]


def test_frames_that_share_a_place_are_told_it_and_frames_without_one_are_told_none() -> None:
    dataset = enhanced()
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        del frame.PlanePositionSequence
    assert "FramePositions" not in read_display(dataset)
    shared = dataset.SharedFunctionalGroupsSequence[0]
    shared.PlanePositionSequence = Sequence([item(ImagePositionPatient=[4, 5, 6])])
    assert read_display(dataset)["FramePositions"] == [[3, 4, 5, 6, 0, 0, 0]]
