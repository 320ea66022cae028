"""Metadata as they come (PS3.18 10.5.1.4): a JSON array of objects, or an XML document of one. Pure; in the sandbox.

Each object is read for itself, so that a study of thousands takes the memory of one, and one that cannot be taken does
not cost the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from pacs.ingest.composing.json_values import UNCLEAR
from pacs.ingest.composing.native_xml import dataset_of
from pacs.ingest.scan.unreadable import Unreadable

MOST_OBJECTS = 10_000
_TAG = re.compile(r"[0-9A-Fa-f]{8}")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WHITE = " \t\r\n"
JsonObject = dict[str, Any]


def objects_in(path: str) -> Iterator[tuple[int, int, JsonObject]]:
    """Where each object begins and ends in the file, in bytes, and the object.

    One object alone, without the array, is taken as well. Raises Unreadable for the whole of a text that is no such
    array: metadata_unclear, nested_too_deep, too_many_elements.
    """
    data = Path(path).read_bytes()
    if _is_xml(data):
        yield 0, len(data), dataset_of(data)
        return
    text = _decoded(data)
    at, count, byte_at, told_to = _pass_white(text, 0), 0, 0, 0
    is_alone = text[at : at + 1] == "{"
    if not is_alone:
        at = _pass_white(text, _pass(text, at, "["))
    while is_alone or text[at : at + 1] != "]":
        if count:
            at = _pass_white(text, _pass(text, at, ","))
        found, end = _one_at(text, at)
        count += 1
        if count > MOST_OBJECTS:
            raise Unreadable("too_many_elements")
        byte_at += len(text[told_to:at].encode())
        byte_end = byte_at + len(text[at:end].encode())
        yield byte_at, byte_end, found
        byte_at, told_to = byte_end, end
        at = _pass_white(text, end)
        if is_alone:
            break
    if _pass_white(text, at if is_alone else at + 1) != len(text):
        raise Unreadable(UNCLEAR)


def object_at(path: str, start: int, end: int) -> JsonObject:
    """One of them again. Raises Unreadable."""
    with Path(path).open("rb") as file:
        file.seek(start)
        data = file.read(end - start)
    return dataset_of(data) if _is_xml(data) else _one_at(_decoded(data), 0)[0]


def _is_xml(data: bytes) -> bool:
    return data[:64].removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"<")


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(UNCLEAR) from None


def _one_at(text: str, at: int) -> tuple[JsonObject, int]:
    try:
        found, end = _decoder.raw_decode(text, at)
    except RecursionError:
        raise Unreadable("nested_too_deep") from None
    except ValueError:  # no JSON, a number of a million digits, a name twice
        raise Unreadable(UNCLEAR) from None
    if not isinstance(found, dict):
        raise Unreadable(UNCLEAR)
    return found, end


def _each_name_once(pairs: list[tuple[str, Any]]) -> JsonObject:
    """RFC 8259 4 leaves open which of two counts: no file is made of what can be read in two ways.

    Tags are of upper-case letters (F.2.2); others are taken for the same.
    """
    found = {name.upper() if _TAG.fullmatch(name) else name: value for name, value in pairs}
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError


_decoder = json.JSONDecoder(object_pairs_hook=_each_name_once, parse_constant=_no_number)


def _pass(text: str, at: int, letter: str) -> int:
    if text[at : at + 1] != letter:
        raise Unreadable(UNCLEAR)
    return at + 1


def _pass_white(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITE:
        at += 1
    return at
