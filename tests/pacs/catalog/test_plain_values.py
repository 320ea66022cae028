"""What is plain is read without pydicom, and is the same: the two ways beside each other."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag, Tag

from pacs.catalog import elements, plain_values
from pacs.catalog.display import read_display
from pacs.catalog.elements import elements_of
from pacs.catalog.header_json import header_json
from pacs.catalog.identity import TEXTS, UIDS, _text
from pacs.catalog.plain_values import VALUE_OF, plain_element
from pacs.ingest import prescan
from pacs.ingest.scan.unreadable import Unreadable
from tests import builders

# A tag for each VR that PS3.6 gives it; the last is a private one.
TAGS = {
    "AS": 0x00101010,
    "CS": 0x00080060,
    "DA": 0x00080020,
    "DT": 0x0008002A,
    "TM": 0x00080030,
    "UI": 0x0008001A,
    "LO": 0x00081030,
    "SH": 0x00080050,
    "UC": 0x00080119,
    "PN": 0x00100010,
    "LT": 0x00104000,
    "ST": 0x00080081,
    "UT": 0x0040A160,
    "DS": 0x00200032,
    "IS": 0x00200013,
    "US": 0x00280010,
    "SS": 0x00189219,
    "UL": 0x00081161,
    "SL": 0x00186020,
    "FL": 0x00089459,
    "FD": 0x00189306,
    "OB": 0x00282000,
    "OD": 0x00660022,
    "OF": 0x00640009,
    "OL": 0x00660129,
    "OV": 0x00720081,
    "OW": 0x00281201,
}
CREATORS = {b"GEMS_ACQU_01": 0x00190000, b"SIEMENS CSA HEADER": 0x00290000, b"Nobody's": 0x00190000}
ANYTHING = (
    b"",
    b" ",
    b"\0\0",
    b"A\\B \\ C\0",
    b" Doe^Jane^^Dr. ",
    b"A^B=C^D",
    b"==",
    b"\\",
    b" 1.50\\-2e3 ",
    b"007 ",
    b"+7",
    b"1_000",
    b"nan",
    b"1\\\\2",
    b"A\x1b$B\x30\x30\x1b(B",
    b"\xc4rzte",
    b"2.5 \0",
    b"\x01\x00\x02\x00\x03\x00\x04\x00",
)
a_value = (
    st.sampled_from(ANYTHING)
    | st.binary(max_size=24)
    | st.from_regex(rb"[-+.eE0-9\\ ]{0,16}", fullmatch=True)
)


def told(dataset: Dataset) -> tuple[Any, ...]:
    """All that is ever read of a header."""
    found = elements_of(dataset)
    texts = {name: _text(found, name) for name in (*TEXTS, *UIDS)}
    return header_json(dataset, None, found), read_display(found), texts


def assert_same_both_ways(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings(), monkeypatch.context() as patched:
        warnings.simplefilter("ignore")
        by_both = told(make())
        patched.setattr(elements, "plain_element", lambda *given: None)
        assert by_both == told(make())


def with_value(tag: int, vr: str | None, value: bytes, is_little_endian: bool, terms: list[str]) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = terms
    dataset[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, vr is None, is_little_endian)
    dataset.set_original_encoding(vr is None, is_little_endian, pydicom.charset.convert_encodings(terms))
    return dataset


def test_there_is_a_tag_for_every_kind_of_plain_value() -> None:
    assert TAGS.keys() | {"UN"} == VALUE_OF.keys()
    assert all(dictionary_VR(tag) == vr for vr, tag in TAGS.items())


@settings(max_examples=500)
@given(
    vr=st.sampled_from(sorted(VALUE_OF)),
    value=a_value,
    is_implicit=st.booleans(),
    is_little_endian=st.booleans(),
    is_private=st.booleans(),
    terms=st.sampled_from((["ISO_IR 6"], ["ISO_IR 13"], ["", "ISO 2022 IR 87"], ["GB18030"], ["ISO_IR 192"])),
)
@example("DS", b"1\\\\2", True, True, False, ["ISO_IR 6"])
@example("IS", b"007", False, True, False, ["ISO_IR 6"])
@example("IS", b"9" * 30, False, True, False, ["ISO_IR 6"])
@example("IS", b"9" * 400, False, True, False, ["ISO_IR 6"])
@example("IS", b"\x1f1 ", False, True, False, ["ISO_IR 6"])
@example("DS", b"1\x1c", False, True, False, ["ISO_IR 6"])
@example("LO", b"A\x1b$B\x30\x30\x1b(B", False, True, False, ["", "ISO 2022 IR 87"])
def test_a_value_is_the_same_both_ways(
    vr: str, value: bytes, is_implicit: bool, is_little_endian: bool, is_private: bool, terms: list[str]
) -> None:
    tag = 0x00091001 if is_private else TAGS.get(vr, TAGS["SL"])
    with pytest.MonkeyPatch.context() as patched:
        assert_same_both_ways(
            lambda: with_value(tag, None if is_implicit else vr, value, is_little_endian, terms), patched
        )


@settings(max_examples=500)
@given(
    tag=st.sampled_from((0x00280106, 0x00280120, 0x00281101, 0x00283002, 0x00281201, 0x50003000, 0x60003000)),
    vr=st.sampled_from((None, "UN", "US", "SS", "OW", "OB")),
    value=a_value,
    is_little_endian=st.booleans(),
)
@example(0x00281101, "SS", b"\xff\xff\0\0\x10\0", True)
def test_a_value_whose_vr_the_data_set_chooses_is_the_same_both_ways(
    tag: int, vr: str | None, value: bytes, is_little_endian: bool
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        assert_same_both_ways(lambda: with_value(tag, vr, value, is_little_endian, ["ISO_IR 6"]), patched)


@settings(max_examples=1000)
@given(
    creator=st.sampled_from(sorted(CREATORS))
    | st.sampled_from((b"", b"GEMS_ACQU_01\\GEMS_ACQU_01 ", b"\xc4 ")),
    creator_vr=st.sampled_from((None, "UN", "LO", "SH", "OB", "US")),
    number=st.sampled_from((0x00, 0x01, 0x0F, 0x10, 0xFF, *range(0x1000, 0x10FF), 0x1101)),
    vr=st.sampled_from((None, "UN", "DS")),
    value=a_value,
)
def test_a_private_value_is_the_same_both_ways(
    creator: bytes, creator_vr: str | None, number: int, vr: str | None, value: bytes
) -> None:
    """PS3.5 6.2.2, 7.8.1: where its VR is not told, it is looked up by its creator."""
    group = CREATORS.get(creator, 0x00190000)

    elements = {number: (vr, value)} | ({0x10: (creator_vr, creator)} if number != 0x10 else {})

    def make() -> Dataset:
        # As pydicom reads it: elements that are set one by one are looked at when they are set.
        raw: dict[BaseTag, DataElement | RawDataElement] = {
            Tag(group | one): RawDataElement(
                Tag(group | one), told, len(octets), octets, 0, told is None, True
            )
            for one, (told, octets) in elements.items()
        }
        dataset = Dataset(raw)
        dataset.set_original_encoding(False, True, "iso8859")
        return dataset

    with pytest.MonkeyPatch.context() as patched:
        assert_same_both_ways(make, patched)


def test_private_values_of_known_creators_are_read_without_pydicom() -> None:
    dataset = with_value(0x0019100F, "UN", b"512.5 ", True, ["ISO_IR 6"])
    assert elements_of(dataset)[0x0019100F] == ("UN", b"512.5 ", None)
    dataset[0x00190010] = RawDataElement(Tag(0x00190010), "UN", 12, b"GEMS_ACQU_01", 0, False, True)
    assert elements_of(dataset)[0x0019100F] == ("DS", 512.5, {"vr": "DS", "Value": [512.5]})


def test_a_number_that_is_no_numbers_length_refuses_no_file() -> None:
    dataset = with_value(0x00180040, "IS", b"9" * 400, True, ["ISO_IR 6"])
    assert read_display(elements_of(dataset)) == {}


@pytest.mark.parametrize("vr", ["UN", "AT", "SQ"])
def test_an_empty_element_behind_an_unreadable_creator_refuses_no_file(vr: str) -> None:
    elements = {0x00090010: ("US", b"abc"), 0x00091001: (vr, b""), 0x00100020: ("LO", b"ID")}
    raw: dict[BaseTag, DataElement | RawDataElement] = {
        Tag(tag): RawDataElement(Tag(tag), told, len(value), value or None, 0, False, True)
        for tag, (told, value) in elements.items()
    }
    dataset = Dataset(raw)
    dataset.set_original_encoding(False, True, "iso8859")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = elements_of(dataset)
    assert found[0x00100020].value == "ID"
    assert b'"00100020"' in header_json(dataset, None, found)
    assert read_display(found) == {}


def test_of_what_is_long_nobody_guesses_the_vr(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that long has no place under its own VR in explicit VR."""
    for length in (0xFFFE, 0xFFFF, 0x10000):
        value = b"1" * length
        assert_same_both_ways(
            lambda value=value: with_value(TAGS["LT"], "UN", value, True, ["ISO_IR 6"]), monkeypatch
        )


def test_a_value_under_another_vr_than_the_standards_is_looked_at_closely() -> None:
    number = RawDataElement(Tag("PatientID"), "DS", 4, b"1.50", 0, False, True)
    assert plain_element("DS", "LO", number) is None
    assert plain_element("DS", None, number) == ("DS", 1.5, {"vr": "DS", "Value": [1.5]})
    assert plain_element("US", "US or SS", number._replace(value=b"\7\0")) == (
        "US",
        7,
        {"vr": "US", "Value": [7]},
    )


def test_the_headers_of_pydicoms_own_files_are_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same_headers(Path(pydicom.__file__).parent.rglob("*.dcm"), monkeypatch, at_least=60)


def test_real_headers_are_the_same_both_ways(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(path for path in shared_data.rglob("*") if path.is_file())
    assert_same_headers(iter(files), monkeypatch, at_least=300)


def assert_same_headers(files: Iterator[Path], monkeypatch: pytest.MonkeyPatch, at_least: int) -> None:
    seen = 0
    for path in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pydicom.dcmread(path, stop_before_pixels=True)
        except Exception:  # noqa: S112  # no header at all: nothing to be read either way
            continue
        assert_same_both_ways(lambda path=path: pydicom.dcmread(path, stop_before_pixels=True), monkeypatch)
        seen += 1
    assert seen >= at_least


def test_what_a_visit_has_read_is_remembered_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "two", "cut")]
    for path in paths:
        path.write_bytes(builders.ct_slice())
    paths[2].write_bytes(builders.ct_slice()[:-7])
    during: list[int] = []

    def forgetting() -> None:
        during.append(plain_values._remembered.cache_info().hits)
        plain_values.forget_values()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prescan, "forget_values", forgetting)
        prescan.examine_each(list(map(str, paths[:2])))
    assert during[0] > 20
    assert plain_values._remembered.cache_info().currsize == 0
    with pytest.raises(Unreadable):
        prescan.examine_each(list(map(str, paths)))
    assert plain_values._remembered.cache_info().currsize == 0
