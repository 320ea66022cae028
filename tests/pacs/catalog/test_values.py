"""What a column takes: cut, emptied, never refused."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacs.catalog.values import (
    clean_name,
    clean_text,
    clean_uid,
    cut_bytes,
    moment,
    said_anew,
    to_date,
    to_finite,
    to_time,
    to_whole,
)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("20240229", date(2024, 2, 29)),
        ("2024.02.29", date(2024, 2, 29)),
        ("2024-02-29", date(2024, 2, 29)),
        (" 20240229 ", date(2024, 2, 29)),
        ("20230229", None),
        ("2024.0229", None),
        ("20240101-20240131", None),
        ("00000000", None),
        ("2024", None),
        ("", None),
        (None, None),
        (20240229, None),
    ],
)
def test_dates(value: Any, day: date | None) -> None:
    assert to_date(value) == day


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("030405", time(3, 4, 5)),
        ("03:04:05", time(3, 4, 5)),
        ("0304", time(3, 4)),
        ("03", time(3)),
        ("030405.25", time(3, 4, 5, 250_000)),
        ("030405.123456", time(3, 4, 5, 123_456)),
        ("235960", time(23, 59, 59)),
        ("240000", None),
        ("3", None),
        ("noon", None),
        (None, None),
    ],
)
def test_times(value: Any, at: time | None) -> None:
    assert to_time(value) == at


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("7", 7),
        (" -7 ", -7),
        ("+7", 7),
        ("7.0", 7),
        ("7.5", None),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        (7, None),
    ],
)
def test_whole_numbers(value: Any, number: int | None) -> None:
    assert to_whole(value) == number


def test_finite_numbers() -> None:
    assert [to_finite(value) for value in (1, 1.5, True, "1", float("nan"), float("inf"), None)] == [
        1.0,
        1.5,
        None,
        None,
        None,
        None,
        None,
    ]


@given(st.text(), st.integers(0, 80))
def test_clean_text_is_what_any_database_takes(text: str, length: int) -> None:
    cleaned = clean_text(text, length)
    assert len(cleaned) <= length
    assert cleaned == cleaned.strip()
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in cleaned)
    cleaned.encode("utf-8")
    assert clean_text(cleaned, length) == cleaned


def test_names_lose_what_stands_for_nothing() -> None:
    assert clean_name("Doe^Jane^^^ = = ", 400) == "Doe^Jane"
    assert clean_name("=山田^太郎=", 400) == "=山田^太郎"
    assert clean_name("^^^^", 400) == ""
    assert clean_name("Doe^" + "x" * 500, 10) == "Doe^xxxxxx"


def test_uids() -> None:
    assert clean_uid("1.2.3\0") == clean_uid(" 1.2.3 ") == "1.2.3"
    assert [clean_uid(value) for value in ("1..2", "a", "1.2/..", "1" * 65, None, 5)] == [""] * 6


def test_moments_sort_as_time_does() -> None:
    assert moment(None, time(1)) == 0
    assert moment(date(2024, 1, 2), None) == 20240102000000
    assert moment(date(2024, 1, 2), time(3, 4, 5, 6)) == 20240102030405


@given(st.text(), st.integers(0, 20))
def test_cut_bytes_halves_no_character(text: str, most: int) -> None:
    text = clean_text(text, 100)
    cut = cut_bytes(text, most)
    assert len(cut.encode()) <= most
    assert text.startswith(cut)


def test_silence_is_no_correction() -> None:
    class Row:
        name, age, sex = "Doe", "", "F"

    assert said_anew({"name": "Roe", "age": "", "sex": "F"}, Row()) == {"name": "Roe"}
    assert said_anew({"name": None}, Row()) == {}
