"""A header as DICOM JSON (PS3.18 Annex F), whatever its values are."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian

from pacs.catalog.header_json import LARGEST_INLINE_BYTES, header_json
from tests import builders


def told(dataset: Dataset) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(header_json(dataset))
    return answer


def dataset_of(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def with_raw(tag: int, vr: str, value: bytes) -> Dataset:
    dataset = dataset_of(PatientID="1")
    dataset[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)
    return dataset


def test_every_kind_of_value_is_told_as_the_standard_has_it() -> None:
    inner = dataset_of(CodeValue="1")
    assert told(
        dataset_of(
            SpecificCharacterSet="ISO_IR 100",
            ImageType=["ORIGINAL", "PRIMARY"],
            PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう",
            PatientID="",
            SliceThickness="1.50",
            SeriesNumber="7",
            Rows=4,
            FrameIncrementPointer=0x00181063,
            ConceptNameCodeSequence=[inner],
            ReferencedSOPSequence=[],
            RecommendedDisplayFrameRateInFloat=0.5,
        )
    ) == {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00080008": {"vr": "CS", "Value": ["ORIGINAL", "PRIMARY"]},
        "00081199": {"vr": "SQ", "Value": []},
        "00089459": {"vr": "FL", "Value": [0.5]},
        "00100010": {
            "vr": "PN",
            "Value": [
                {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}
            ],
        },
        "00100020": {"vr": "LO"},
        "00180050": {"vr": "DS", "Value": [1.5]},
        "00200011": {"vr": "IS", "Value": [7]},
        "00280009": {"vr": "AT", "Value": ["00181063"]},
        "00280010": {"vr": "US", "Value": [4]},
        "0040A043": {"vr": "SQ", "Value": [{"00080100": {"vr": "SH", "Value": ["1"]}}]},
    }


def test_tags_are_in_ascending_order_and_only_those_of_the_header() -> None:
    dataset = dcmread(BytesIO(builders.ct_slice()))
    tags = list(told(dataset))
    assert tags == sorted(tags)
    assert "7FE00010" not in tags
    assert not any(tag.startswith("0002") for tag in tags)


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00200013, "IS", b"1A"),
        (0x00180050, "DS", b"thick "),
        (0x00280010, "US", b"\1\2\3"),
        (0x00280009, "AT", b"\1\2\3"),
        (0x00089459, "FL", b"\1\2"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_a_value_that_is_none_is_left_out_and_the_rest_is_told(tag: int, vr: str, value: bytes) -> None:
    answer = told(with_raw(tag, vr, value))
    assert answer["00100020"]["Value"] == ["1"]
    assert "Value" not in answer.get(f"{tag:08X}", {})


@pytest.mark.parametrize(
    ("value", "number"), [(b"\0\0\xc0\x7f", "NaN"), (b"\0\0\x80\x7f", "inf"), (b"\0\0\x80\xff", "-inf")]
)
def test_numbers_that_json_has_not_are_told_as_text(value: bytes, number: str) -> None:
    """PS3.18 F.2.2 allows strings; bare NaN is no JSON."""
    text = header_json(with_raw(0x00089459, "FL", value)).decode()
    assert json.loads(text, parse_constant=pytest.fail)["00089459"]["Value"] == [number]


def test_large_numbers_are_told_as_they_are() -> None:
    assert told(dataset_of(SelectorUVValue=(1 << 64) - 1))["00720083"]["Value"] == [(1 << 64) - 1]


def test_small_binary_values_are_inline_and_large_ones_only_named() -> None:
    small = told(with_raw(0x00091010, "OB", b"\1\2"))
    assert base64.b64decode(small["00091010"]["InlineBinary"]) == b"\1\2"
    assert told(with_raw(0x00091010, "OB", b"\0" * (LARGEST_INLINE_BYTES + 2)))["00091010"] == {
        "vr": "OB",
        "BulkDataURI": "bulkdata/00091010",
    }


def test_a_value_that_is_left_out_has_an_address_also_within_sequences() -> None:
    large, second = bytes(LARGEST_INLINE_BYTES + 2), dataset_of(EncapsulatedDocument=bytes(5000))
    outer = dataset_of(ConceptNameCodeSequence=[dataset_of(CodeValue="1"), second])
    outer.EncapsulatedDocument = large
    answer = told(outer)
    assert answer["00420011"] == {"vr": "OB", "BulkDataURI": "bulkdata/00420011"}
    assert answer["0040A043"]["Value"][1]["00420011"]["BulkDataURI"] == "bulkdata/0040A043/2/00420011"
    pixels = json.loads(header_json(outer, (0x7FE00010, "OW")))["7FE00010"]
    assert pixels == {"vr": "OW", "BulkDataURI": "bulkdata/7FE00010"}


def test_words_of_a_big_endian_file_are_not_passed_for_little_endian() -> None:
    data = builders.ct_slice(transfer_syntax=ExplicitVRBigEndian, RedPaletteColorLookupTableData=b"\1\0\2\0")
    assert told(dcmread(BytesIO(data)))["00281201"] == {
        "vr": "OW",
        "BulkDataURI": "bulkdata/00281201",
    }
    data = builders.ct_slice(RedPaletteColorLookupTableData=b"\1\0\2\0")
    assert "InlineBinary" in told(dcmread(BytesIO(data)))["00281201"]


def test_text_of_any_kind_is_utf_8_and_no_markup_is_made_of_it() -> None:
    answer = header_json(dataset_of(PatientComments='"</script>\\ 😀'))
    assert json.loads(answer)["00104000"]["Value"] == ['"</script>\\ 😀']
    lone = header_json(with_raw(0x00104000, "LT", b"\xed\xa0\x80")).decode("utf-8")
    assert "00104000" in lone
