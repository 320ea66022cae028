"""One scan of a whole file: its beginning, every element, its pixels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from pacs.ingest.scan.completeness import require_content
from pacs.ingest.scan.part10 import Beginning, read_beginning
from pacs.ingest.scan.pixels import PixelFacts, examine_pixels
from pacs.ingest.scan.source import FileSource, Source, inflate
from pacs.ingest.scan.unreadable import Unreadable
from pacs.ingest.scan.walk import Element, Walk

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


class Scanned(NamedTuple):
    """What a scan has found out. Of a deflated file the elements are not told: they lie elsewhere."""

    beginning: Beginning
    pixels: PixelFacts
    elements: tuple[Element, ...]  # the data set's own


def scan_file(path: Path) -> Scanned:
    """What is to be known of the file before it is read. Raises Unreadable with a reason."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return scan_source(FileSource(descriptor))
    finally:
        os.close(descriptor)


def scan_source(source: Source) -> Scanned:
    """As scan_file, of bytes from anywhere.

    What follows the data set (zeros, an archive's tail) is tolerated and never read, where it cannot be taken for
    an element that was cut: see walk.
    """
    beginning = read_beginning(source)
    if beginning.media_storage_sop_class_uid == MEDIA_STORAGE_DIRECTORY:
        raise Unreadable("index")
    start, data_set = beginning.data_set_offset, source
    if beginning.is_deflated:
        start, data_set = 0, inflate(source, start)
    if start >= data_set.size:
        raise Unreadable("truncated")
    walk = Walk(data_set, start, beginning.is_implicit, beginning.is_big_endian)
    walk.run()
    require_content(walk)
    elements = () if beginning.is_deflated else tuple(walk.top_level.values())
    return Scanned(beginning, examine_pixels(walk, beginning, source.size), elements)
