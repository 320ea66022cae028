"""An animated GIF written frame by frame, so that it takes the memory of one: uint8 pictures, all of one size."""

from __future__ import annotations

import struct

from viewer.imaging.encode import to_gif
from viewer.imaging.types import Grey

TRAILER = b";"
TABLE, EXTENSION, IMAGE, TABLE_BITS = 0x80, 0x21, 0x2C, 0x07
HEADER_BYTES, SCREEN_BYTES, IMAGE_BYTES = 6, 7, 9
FEWEST_CS = 2  # browsers show what is told to be shown shorter for ten times as long
LEAVE_IN_PLACE = 0x04


def gif_head(width: int, height: int) -> bytes:
    """What stands before the first frame: the size in pixels, and that it begins again when it ends."""
    screen = struct.pack("<HHBBB", width, height, 0, 0, 0)
    again = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return b"GIF89a" + screen + again


def gif_frame(picture: Grey, delay_cs: int) -> bytes:
    """One frame, (rows, columns) or (rows, columns, 3), shown for so many hundredths of a second."""
    control = struct.pack("<BBBBHBB", EXTENSION, 0xF9, 4, LEAVE_IN_PLACE, max(FEWEST_CS, delay_cs), 0, 0)
    return control + _image_of(to_gif(picture))


def _image_of(gif: bytes) -> bytes:
    """The image of a GIF that holds one, with the colours that it had from the whole."""
    flags = gif[HEADER_BYTES + 4]
    at = HEADER_BYTES + SCREEN_BYTES
    colours = gif[at : at + _table_bytes(flags)]
    at += len(colours)
    while gif[at] == EXTENSION:
        at = _after_blocks(gif, at + 2)
    placed, own = gif[at : at + IMAGE_BYTES], gif[at + IMAGE_BYTES]
    rest = gif[at + IMAGE_BYTES + 1 :].removesuffix(TRAILER)
    if own & TABLE:
        return placed + bytes([own]) + rest
    return placed + bytes([own | flags & (TABLE | TABLE_BITS)]) + colours + rest


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & TABLE_BITS) + 1) if flags & TABLE else 0


def _after_blocks(gif: bytes, at: int) -> int:
    while gif[at]:
        at += gif[at] + 1
    return at + 1
