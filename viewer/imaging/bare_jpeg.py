"""A lossy JPEG that every browser decodes as we do, and that holds nothing but its picture. Runs in the sandbox.

What came lossy is sent as it came: coded again without loss it would be ten times as large and no more exact.
Comments, EXIF and colour profiles stay behind: names may stand in them, and browsers turn and tint pictures by them.
One marker is added, which says what the components are, so that nobody guesses (ISO 10918-1 B.1, ISO 10918-6 6.5.3).
"""

from __future__ import annotations

import re

from viewer.imaging.markers import JpegFacts
from viewer.imaging.types import ImageDescription

# Sequential and progressive, by Huffman's code: what browsers know.
KNOWN_FRAMES = (0xC0, 0xC1, 0xC2)
TABLES = (0xC4, 0xDB, 0xDD)  # DHT, DQT, DRI
START, SCAN, END = b"\xff\xd8", 0xDA, b"\xff\xd9"
# After coded data: any marker but a stuffed zero, a restart or a fill byte.
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
ADOBE_AS_IT_IS, ADOBE_YCBCR = 0, 1


def bare_jpeg(
    data: bytes, facts: JpegFacts, colour_space: str, description: ImageDescription
) -> bytes | None:
    """The picture alone; None where a browser would not show the same values as our decoder gives.

    `colour_space` is that of its components, as it was judged when they were decoded.
    """
    if not _is_shown_alike(facts, colour_space, description):
        return None
    pieces = _pieces(data)
    if pieces is None:
        return None
    said = []
    if facts.shape[2] == 3:
        said = [_adobe(ADOBE_AS_IT_IS if colour_space == "RGB" else ADOBE_YCBCR)]
    return b"".join([START, *said, *pieces, END])


def _is_shown_alike(facts: JpegFacts, colour_space: str, description: ImageDescription) -> bool:
    components = facts.shape[2]
    is_known = colour_space in ("RGB", "YBR_FULL") if components == 3 else description.is_monochrome
    return (
        components in (1, 3)
        and is_known
        and facts.precision == 8
        and facts.rows > 0
        and not facts.is_lossless
        and (description.bits_allocated, description.bits_stored) == (8, 8)
        and not description.is_signed
    )


def _pieces(data: bytes) -> list[bytes] | None:
    """Tables, the frame's header and scans, in their order, up to the end; None where something else is needed."""
    pieces: list[bytes] = []
    at = len(START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if marker == END[1]:
            return pieces
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == SCAN:
            found = NEXT_MARKER.search(data, end)
            end = found.start() if found else len(data)
        if marker in (*TABLES, *KNOWN_FRAMES, SCAN):
            pieces.append(data[at:end])
        elif not _may_be_left_out(marker):
            return None
        at = end
    return pieces if data[at : at + 2] == END else None


def _may_be_left_out(marker: int) -> bool:
    is_of_an_application, is_comment = 0xE0 <= marker <= 0xEF, marker == 0xFE
    return is_of_an_application or is_comment


def _adobe(transform: int) -> bytes:
    body = b"Adobe" + (100).to_bytes(2, "big") + bytes(4) + bytes((transform,))
    return b"\xff\xee" + (2 + len(body)).to_bytes(2, "big") + body
