"""Text as people look for it: folded, and cut into words. Pure; knows neither Django nor pydicom."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pacs.catalog.values import LONGEST_INDEXED_BYTES, cut_bytes

LONGEST_NAME_KEY = 800
# Marks that a searcher leaves out: accents, Hebrew points, Arabic vowels. Other marks are letters of their
# own: the voicing of Japanese kana, the vowels of Thai and the scripts of India.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u064b-\u065f\u0670]")
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
# Letters that NFKD leaves whole although their stroke or joint is one to who types without it.
_WHOLE_LETTERS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
}
_TABLE: dict[int, int | str | None] = {
    **_KATAKANA,
    **{ord(one): plain for one, plain in _WHOLE_LETTERS.items()},
}
# East Asian names are typed without a space between family and given name.
_JOINED = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LONGEST_WORD = 64
WILD = ("*", "?")
_WILD_CARDS = re.compile(r"([*?])")


def fold(text: str) -> str:
    """The text without case and accents; ideographs stay, katakana become hiragana, Hangul falls into its letters.

    Both sides of a comparison are folded, so a syllable half typed is found already: 기 begins 김.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _ACCENTS.sub("", plain).translate(_TABLE)


def words_of(text: str) -> list[str]:
    """The folded words of a text, in their order: runs of letters and digits, each at most 64 characters."""
    return [word[:LONGEST_WORD] for word in _spaced(text).split()]


def _spaced(text: str) -> str:
    """Folded, with a space for all that is not of a word."""
    return "".join(letter if _is_of_a_word(letter) else " " for letter in fold(text))


def _is_of_a_word(letter: str) -> bool:
    # Marks are no letters to Python, but a Thai or voiced Japanese syllable is written with them.
    return letter.isalnum() or (not letter.isascii() and unicodedata.category(letter).startswith("M"))


def name_key(name: str) -> str:
    """A person name (PS3.5 6.2.1.2) folded: its words with a space between, its component groups with "=".

    "Yamada^Tarou=山田^太郎" is "yamada tarou=山田 太郎".
    """
    return "=".join(" ".join(words_of(group)) for group in name.split("=")).rstrip("=")


def referring_physician_key(name: str) -> str:
    """A referrer's name as Study.referring_physician_key holds it: what grants and accounts compare with."""
    return cut_bytes(name_key(name), LONGEST_INDEXED_BYTES)[:LONGEST_NAME_KEY]


def family_keys(name: str) -> frozenset[str]:
    """The family name of each component group, folded: "Yamada^Tarou=山田^太郎" gives "yamada" and "山田"."""
    families = (" ".join(words_of(group.split("^")[0])) for group in name.split("="))
    return frozenset(family for family in families if family)


def name_pattern(name: str) -> str:
    """A person name with wild cards, folded as name_key folds: "Dö*^J?n" is "do* j?n"."""
    # Cut at the wild cards first: folding makes an asterisk of other letters too.
    parts = (part if part in WILD else _spaced(part) for part in _WILD_CARDS.split(name))
    return " ".join("".join(parts).split())


def search_words(name: str, *texts: str) -> list[str]:
    """What a study is found by, each once: the words of the patient's name and of the other texts.

    East Asian names are there in one piece too, for they are typed that way.
    """
    found = dict.fromkeys(words_of(name))
    for group in name.split("="):
        parts = words_of(group)
        if len(parts) > 1 and all(map(is_east_asian, parts)):
            found["".join(parts)[:LONGEST_WORD]] = None
    found.update(dict.fromkeys(_words_of_all(texts)))
    return list(found)


def is_east_asian(word: str) -> bool:
    """Whether this word of a name may be a part of one that is written without a space."""
    return _JOINED.match(word) is not None


def _words_of_all(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from words_of(text)


def name_groups(name: str) -> dict[str, str]:
    """The alphabetic, ideographic and phonetic groups of a person name, empty where there is none."""
    groups = [*name.split("=", 2), "", ""]
    return dict(zip(("alphabetic", "ideographic", "phonetic"), groups, strict=False))
