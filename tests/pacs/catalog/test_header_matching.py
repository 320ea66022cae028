"""Attribute matching (PS3.4 C.2.2.2) on values of kept headers, and wild cards on a text at hand."""

from __future__ import annotations

import json
import re
import time
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacs.catalog.header_matching import element_test, private_test
from pacs.catalog.headers import HeaderKeys, header_keys, read_header
from pacs.catalog.moments import moment_span, moments_between, parse_offset
from pacs.catalog.rules import LITERAL, Rules
from pacs.catalog.wildcards import wild_test
from pacs.errors import BadRequest

FUZZY, EMPTY, MULTIPLE = Rules(fuzzy=True), Rules(empty_values=True), Rules(multiple_values=True)
YAMADA = {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}
DOE = {"Alphabetic": "Döe^Jane^Q^Dr"}

MATCHING: list[tuple[str, str, list[Any], Rules]] = [
    ("LO", "Head", ["Head"], LITERAL),
    ("LO", "Head", [" Head "], LITERAL),
    ("LO", "He*", ["Neck", "Head"], LITERAL),
    ("LO", "H??d", ["Head"], LITERAL),
    ("LO", "*", ["anything"], LITERAL),
    ("LO", "a[b]*", ["a[b]c"], LITERAL),
    ("CS", "CT,MR", ["MR"], LITERAL),
    ("CS", "M*\\CT", ["MR"], LITERAL),
    ("AS", "031Y", ["031Y"], LITERAL),
    ("DS", "120", [120], LITERAL),
    ("DS", "120.0", ["120"], LITERAL),
    ("DS", "1.2e2", [120.0], LITERAL),
    ("US", "512", [512], LITERAL),
    ("FD", "-0.5", [-0.5], LITERAL),
    ("DA", "20240101-20240131", ["20240115"], LITERAL),
    ("DA", "-20240131", ["2024.01.15"], LITERAL),
    ("TM", "10", ["103000"], LITERAL),
    ("TM", "1000-1100", ["110000.5"], LITERAL),
    ("DT", "20240101", ["20240101"], LITERAL),
    ("DT", "2024", ["20240630120000.5"], LITERAL),
    ("DT", "20240101-20240131", ["20240131235959"], LITERAL),
    ("DT", "202402-202402", ["20240229235959"], LITERAL),
    ("DT", "20240101120000+0100-", ["20240101110000+0000"], LITERAL),
    ("DT", "-20240101-0500", ["20240101"], LITERAL),
    ("UI", "1.2,1.3", ["1.3"], LITERAL),
    ("UI", "1.2\\1.3", ["1.2"], LITERAL),
    ("AT", "(0008,0060)", ["00080060"], LITERAL),
    ("AT", "0008103e", ["0008103E"], LITERAL),
    ("PN", "yamada^tarou", [YAMADA], LITERAL),
    ("PN", "山田*", [YAMADA], LITERAL),
    ("PN", "doe^*", [DOE], LITERAL),
    ("PN", "jan do", [DOE], FUZZY),
    ("PN", "太", [YAMADA], FUZZY),
    ("LO", '""', [], EMPTY),
    ("SQ", '""', [], EMPTY),
    ("CS", "PRIMARY\\AXIAL", ["ORIGINAL", "PRIMARY", "AXIAL"], MULTIPLE),
]
NOT_MATCHING: list[tuple[str, str, list[Any], Rules]] = [
    ("LO", "head", ["Head"], LITERAL),
    ("LO", "Head", [], LITERAL),
    ("LO", "H?d", ["Head"], LITERAL),
    ("LO", "x", [{"a": 1}, 7, None], LITERAL),
    ("CS", "C", ["CT"], LITERAL),
    ("AS", "031*", ["031Y"], LITERAL),
    ("DS", "120", ["high", None, True, [120]], LITERAL),
    ("DA", "20240101-20240131", ["20240201", "nonsense", 5], LITERAL),
    ("TM", "1000-1100", ["110100"], LITERAL),
    ("DT", "20240101", ["20240102", "never", ""], LITERAL),
    ("DT", "20240101120000+0100-", ["20240101105959+0000"], LITERAL),
    ("UI", "1.2", ["1.20"], LITERAL),
    ("AT", "00080060", ["00080061"], LITERAL),
    ("PN", "tarou", [YAMADA], LITERAL),
    ("PN", "ane", [DOE], FUZZY),
    ("PN", "x", ["a text", None], LITERAL),
    ("LO", '""', ["something"], EMPTY),
    ("LO", '""', [], LITERAL),
    ("CS", "PRIMARY\\AXIAL", ["PRIMARY"], MULTIPLE),
]
REFUSED = [
    ("DS", "heavy"),
    ("DS", "nan"),
    ("DS", "1_0"),
    ("IS", "1\\2"),
    ("DA", "today"),
    ("TM", "noon"),
    ("DT", "now"),
    ("DT", "-"),
    ("DT", "20241301"),
    ("UI", "abc"),
    ("AT", "tag"),
    ("PN", "^^"),
    ("OB", "x"),
    ("SQ", "x"),
]


@pytest.mark.parametrize(("vr", "value", "told", "rules"), MATCHING, ids=str)
def test_what_matches(vr: str, value: str, told: list[Any], rules: Rules) -> None:
    assert element_test("it", vr, value, rules)(told)


@pytest.mark.parametrize(("vr", "value", "told", "rules"), NOT_MATCHING, ids=str)
def test_what_does_not(vr: str, value: str, told: list[Any], rules: Rules) -> None:
    assert not element_test("it", vr, value, rules)(told)


@pytest.mark.parametrize(("vr", "value"), REFUSED, ids=str)
def test_a_value_that_the_attribute_cannot_have_is_refused(vr: str, value: str) -> None:
    with pytest.raises(BadRequest) as refused:
        element_test("it", vr, value, LITERAL)
    assert refused.value.fields["parameter"] == "it"


def test_a_private_attribute_is_matched_by_the_vr_that_the_file_gives_it() -> None:
    test = private_test("00231001", "120", LITERAL)
    assert test("DS", [120.0])
    assert test("LO", ["120"])
    assert not test("DA", ["20240101"])
    assert not test("OB", [])
    assert not test("", [])


# --- wild cards --------------------------------------------------------------------------------

letters = st.text(alphabet="ab*?[.\\\n", max_size=12)


@given(pattern=letters, text=letters)
def test_wild_cards_are_as_a_regular_expression_would_have_them(pattern: str, text: str) -> None:
    expression = "".join(".*" if one == "*" else "." if one == "?" else re.escape(one) for one in pattern)
    assert wild_test(pattern)(text) == (re.fullmatch(expression, text, re.DOTALL) is not None)


def test_a_pattern_of_many_asterisks_takes_no_time() -> None:
    began = time.perf_counter()
    assert not wild_test("*a" * 500 + "*b")("a" * 100_000)
    assert time.perf_counter() - began < 5  # a search that goes back would take years


# --- moments -----------------------------------------------------------------------------------


def test_offsets_are_within_those_of_the_earth() -> None:
    assert parse_offset("+0530") is not None
    assert [parse_offset(text) for text in ("+1500", "-1300", "0100", "+01:00", "+0160", "Z")] == [None] * 6


@given(st.text(alphabet="0123456789+-. ", max_size=40))
def test_whatever_is_typed_for_a_moment_is_understood_or_refused(text: str) -> None:
    moment_span(text)
    try:
        begin, end = moments_between("it", text)
    except BadRequest:
        return
    assert begin is not None or end is not None


# --- sequences and private blocks --------------------------------------------------------------

ITEMS: dict[str, Any] = {
    "00400275": {
        "vr": "SQ",
        "Value": [
            {
                "00400009": {"vr": "SH", "Value": ["S1"]},
                "00401001": {"vr": "SH", "Value": ["R1"]},
                "00400007": {"vr": "LO", "Value": ["head"]},
            },
            {"00400009": {"vr": "SH", "Value": ["S2"]}, "00401001": {"vr": "SH", "Value": ["R2"]}},
        ],
    }
}
STEP, PROCEDURE = ("00400275", "00400009"), ("00400275", "00401001")


def keys(*told: tuple[str, ...], **sought: Any) -> HeaderKeys:
    return header_keys(sought["by"], told, sought.get("rules", LITERAL))


def test_keys_of_a_sequence_are_met_by_one_item() -> None:
    assert keys(by={STEP: "S1", PROCEDURE: "R1"}).matches(ITEMS)
    assert keys(by={STEP: "S*", PROCEDURE: "R2"}).matches(ITEMS)
    assert not keys(by={STEP: "S1", PROCEDURE: "R2"}).matches(ITEMS)
    assert not keys(by={STEP: "S1"}).matches({})
    assert not keys(by={STEP: "S1"}).matches({"00400275": {"vr": "SQ"}})
    assert keys(by={STEP: ""}).matches({}), "no value matches everything"


def test_of_a_sequence_those_items_are_told_that_match_with_what_was_asked() -> None:
    assert keys(by={STEP: "S2", PROCEDURE: ""}).pick(ITEMS) == {
        "00400275": {
            "vr": "SQ",
            "Value": [{"00400009": {"vr": "SH", "Value": ["S2"]}, "00401001": {"vr": "SH", "Value": ["R2"]}}],
        }
    }
    assert keys(PROCEDURE, by={}).pick(ITEMS)["00400275"]["Value"] == [
        {"00401001": {"vr": "SH", "Value": ["R1"]}},
        {"00401001": {"vr": "SH", "Value": ["R2"]}},
    ]
    assert keys(("00400275",), by={STEP: "S2"}).pick(ITEMS) == ITEMS
    assert keys(("00104000",), STEP, by={}).pick({}) == {"00104000": {"vr": "LT"}, "00400275": {"vr": "SQ"}}


def test_without_what_is_needed_no_header_is_made_sense_of() -> None:
    kept = zlib.compress(json.dumps(ITEMS).encode())
    assert read_header(kept, keys(by={STEP: "S1"}).needed) == ITEMS
    assert read_header(kept, keys(by={("00104000",): "x"}).needed) == {}
    assert keys(by={("00104000",): '""'}, rules=EMPTY).needed == frozenset()
    assert keys(by={("00231002",): "x"}).needed == frozenset()
    assert keys(PROCEDURE, by={}).needed == frozenset()


PRIVATE: dict[str, Any] = {
    "00230010": {"vr": "LO", "Value": ["Other"]},
    "00230011": {"vr": "LO", "Value": ["AcmeCompany"]},
    "00231002": {"vr": "LO", "Value": ["theirs"]},
    "00231102": {"vr": "LO", "Value": ["ours"]},
    "00231103": {"vr": "UN", "InlineBinary": "MTIz"},
}
CREATOR = ("00230010",)


def test_a_private_attribute_is_found_in_the_block_of_its_creator() -> None:
    """The client names block 10; the file has it in block 11 (PS3.5 7.8.1)."""
    ours = keys(by={CREATOR: "AcmeCompany", ("00231002",): "ours"})
    assert ours.matches(PRIVATE)
    assert ours.pick(PRIVATE) == {one: PRIVATE[one] for one in ("00230011", "00231102")}
    assert not keys(by={CREATOR: "AcmeCompany", ("00231002",): "theirs"}).matches(PRIVATE)
    assert keys(by={CREATOR: "AcmeCompany", ("00231003",): "123"}).matches(PRIVATE)
    assert not keys(by={CREATOR: "Nobody", ("00231002",): "ours"}).matches(PRIVATE)
    assert keys(by={("00231002",): "theirs"}).matches(PRIVATE), "without a creator, as the tag is written"
    assert keys(("00231002",), by={CREATOR: "Nobody"}).matches(PRIVATE), "whose it is, is no key of its own"
    assert keys(("00231002",), by={CREATOR: "Nobody"}).pick(PRIVATE) == {}


def test_a_creator_alone_is_a_key() -> None:
    assert keys(by={CREATOR: "Acme*"}).matches(PRIVATE)
    assert not keys(by={CREATOR: "Nobody"}).matches(PRIVATE)


def test_a_date_and_its_time_are_one_range() -> None:
    told: dict[str, Any] = {
        "00080023": {"vr": "DA", "Value": ["20240103"]},
        "00080033": {"vr": "TM", "Value": ["0900"]},
    }
    day, at = ("00080023",), ("00080033",)
    assert keys(by={day: "20240102-20240104", at: "1000-1100"}).matches(told)
    assert not keys(by={day: "20240103-20240104", at: "1000-1100"}).matches(told)
    assert keys(by={day: "20240103-20240104", at: "-1100"}).matches(told), "other forms stand for themselves"
    assert not keys(by={day: "20240102-20240104", at: "10"}).matches(told)
    assert not keys(by={day: "20240102-", at: "1000-"}).matches({})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(MATCHING),
)
def test_no_value_of_a_file_stops_a_search(value: Any, asked: tuple[str, str, list[Any], Rules]) -> None:
    vr, sought, _, rules = asked
    element_test("it", vr, sought, rules)([value])
    headers: list[Any] = [
        {"00400275": value},
        {"00400275": {"vr": "SQ", "Value": value}},
        {"00230010": value},
    ]
    for header in headers:
        for one in (keys(by={STEP: "S1"}), keys(by={CREATOR: "x", ("00231001",): "y"})):
            one.matches(header)
