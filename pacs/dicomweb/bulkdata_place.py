"""Where a value lies in a file: found by a walk over its elements, without reading any value. Runs in the sandbox."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from pacs.ingest.scan.part10 import read_beginning
from pacs.ingest.scan.source import FileSource, Source, inflate
from pacs.ingest.scan.walk import UNDEFINED, Element, Walk, _Container

DELIMITER_BYTES = 8
Place = tuple[int, ...]  # tag, item number from 1, tag, …


def locate_value(path: str, place: list[int]) -> dict[str, Any]:
    """Where the value at this place lies: `offset` and `length`, its `vr`, and whether it `is_big_endian`.

    Of a deflated file, in which nothing has a place, the `value` itself. Raises Unreadable; KeyError("missing").
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return _locate(FileSource(descriptor), tuple(place))
    finally:
        os.close(descriptor)


def _locate(file: Source, place: Place) -> dict[str, Any]:
    beginning = read_beginning(file)
    start, source = beginning.data_set_offset, file
    if beginning.is_deflated:
        start, source = 0, inflate(file, start)
    walk = _PlaceWalk(source, start, beginning.is_implicit, beginning.is_big_endian, wanted=place)
    walk.run()
    if walk.found is None:
        raise KeyError("missing")
    element, end = walk.found, walk.found_end
    length = element.length if element.length != UNDEFINED else end - element.value_offset - DELIMITER_BYTES
    told = {"vr": element.vr.decode("latin-1"), "is_big_endian": beginning.is_big_endian}
    if beginning.is_deflated:
        return {**told, "value": source.read(element.value_offset, length)}
    return {**told, "offset": element.value_offset, "length": length}


@dataclass
class _PlaceWalk(Walk):
    """A walk that knows the way to where it is."""

    wanted: Place = ()
    found: Element | None = None
    found_end: int = 0
    _ways: dict[int, Place] = field(default_factory=dict)  # by the depth of the container
    _items: dict[int, int] = field(default_factory=dict)  # begun in the sequence at this depth
    _next: Place = ()

    def _item(self, top: _Container) -> None:
        depth = len(self._stack)
        self._items[depth] = self._items.get(depth, 0) + 1
        self._next = (*self._ways.get(depth, ()), self._items[depth])
        super()._item(top)

    def _open(self, container: _Container) -> None:
        super()._open(container)
        depth = len(self._stack)
        self._ways[depth] = self._next
        self._items[depth] = 0

    def _enter(self, found: Element, top: _Container, is_top_level: bool) -> None:
        way = (*self._ways.get(len(self._stack), ()), found.tag)
        self._next = way
        super()._enter(found, top, is_top_level)
        if way == self.wanted and self.found is None:
            self.found, self.found_end = found, self._position
