"""Text as people look for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacs.catalog.names import fold, name_groups, name_key, name_pattern, search_words, words_of

NAMES = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Müller", "MULLER"),
        ("Mu\u0308ller", "müller"),
        ("Dvořák", "dvorak"),
        ("Łukasz", "lukasz"),
        ("Søren", "soren"),
        ("Straße", "strasse"),
        ("İbrahim", "ibrahim"),
        ("ISIL", "ışıl"),
        ("Œuvre", "oeuvre"),
        ("Ångström", "angstrom"),
        ("ΔΙΟΝΎΣΙΟΣ", "διονυσιοσ"),
        ("Σίγμας", "σιγμας"),
        ("ﾔﾏﾀﾞ", "やまだ"),
        ("ヤマダ", "やまだ"),
        ("ＹＡＭＡＤＡ", "yamada"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("ﬁne", "fine"),
    ],
)
def test_what_is_typed_is_what_is_written(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("ใจดี", "ใจดา"), ("김", "금"), ("й", "к")])
def test_other_letters_stay_others(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_syllable_half_typed_is_found_already() -> None:
    assert fold("김민지").startswith(fold("기"))


def test_words_are_runs_of_letters_and_digits() -> None:
    assert words_of("CT-Thorax (o. KM)/2. Phase") == ["ct", "thorax", "o", "km", "2", "phase"]
    assert words_of("สมชาย^ใจดี") == ["สมชาย", "ใจดี"]
    assert words_of("x" * 100) == ["x" * 64]
    assert words_of("*?%_'\\\0") == []


def test_a_key_keeps_its_groups_apart() -> None:
    assert name_key("Yamada^Tarou=山田^太郎=たろう") == "yamada tarou=山田 太郎=たろう"
    assert name_key("Doe^Jane^^Dr.") == "doe jane dr"
    assert name_key("=山田") == "=山田"
    assert name_key("^^=") == ""


def test_a_pattern_is_folded_around_its_wild_cards() -> None:
    assert name_pattern("Dö*^J?n") == "do* j?n"
    assert name_pattern("*Müller*") == "*muller*"
    assert name_pattern("Doe,  Jane") == "doe jane"
    assert name_pattern("Doe^＊") == "doe"


def test_east_asian_names_are_found_in_one_piece_too() -> None:
    assert search_words("Yamada^Tarou=山田^太郎", "A-1") == [
        "yamada",
        "tarou",
        "山田",
        "太郎",
        "山田太郎",
        "a",
        "1",
    ]
    assert "kimminji" not in search_words("Kim^Minji")


def test_groups_that_are_not_there_are_empty() -> None:
    assert name_groups("A=B=C=D") == {"alphabetic": "A", "ideographic": "B", "phonetic": "C=D"}
    assert name_groups("") == {"alphabetic": "", "ideographic": "", "phonetic": ""}


@given(NAMES)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(NAMES)
def test_a_name_is_its_own_pattern(text: str) -> None:
    plain = text.replace("*", "").replace("?", "").replace("=", "")
    assert name_pattern(plain) == name_key(plain)


@given(NAMES)
def test_every_word_of_a_name_is_among_those_it_is_found_by(text: str) -> None:
    assert set(words_of(text)) <= set(search_words(text))
