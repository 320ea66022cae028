"""What the head of a codestream says of the image in it, and which transfer syntax it is in (PS3.5 8.2, annex A.4).

Nothing is decoded: markers are walked over in the file, each read that is made is bounded. Pure; runs in the sandbox.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pacs.ingest.scan.source import Source
from pacs.ingest.scan.unreadable import Unreadable

UNKNOWN = "media_type_unknown"
MOST_SEGMENTS = 10_000
_JPEG = "1.2.840.10008.1.2.4."
JPEG_START, J2K_START = b"\xff\xd8\xff", b"\xff\x4f\xff\x51"
BOX_START = b"\x00\x00\x00\x0cjP  "
CODESTREAM_BOX = b"jp2c"
# The frame headers of ITU-T T.81 Table B.1 that DICOM has a transfer syntax for, and T.87's.
BASELINE, EXTENDED, LOSSLESS, JPEG_LS = 0xC0, 0xC1, 0xC3, 0xF7
FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {JPEG_LS}
START_OF_SCAN, ADOBE = 0xDA, 0xEE
WITHOUT_LENGTH = frozenset((0x01, *range(0xD0, 0xDA)))
FIRST_ORDER = 1  # the predictor of selection value 1
# ITU-T T.800 Table A.2, and T.814's capabilities.
SIZE, CAPABILITIES, CODING_STYLE, START_OF_TILE = 0xFF51, 0xFF50, 0xFF52, 0xFF90
REVERSIBLE = 1
RGB_NAMES = b"RGB"
# Lossy Image Compression Method (PS3.3 C.7.6.1.1.5.1).
METHODS = {
    f"{_JPEG}50": "ISO_10918_1",
    f"{_JPEG}51": "ISO_10918_1",
    f"{_JPEG}81": "ISO_14495_1",
    f"{_JPEG}91": "ISO_15444_1",
    f"{_JPEG}203": "ISO_15444_15",
}


@dataclass(frozen=True)
class CodestreamHead:
    """The image of a codestream, where it lies among the bytes that came, and its transfer syntax."""

    syntax: str
    rows: int
    columns: int
    samples: int
    bits: int
    is_signed: bool
    photometric: str
    offset: int
    length: int


def read_head(source: Source) -> CodestreamHead | None:
    """The head of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K stream; None for what is none of these.

    Raises Unreadable: media_type_unknown for a process that DICOM has no syntax for, truncated.
    """
    start = source.read(0, min(source.size, 8))
    if start.startswith(JPEG_START):
        return _jpeg(source)
    if start.startswith(J2K_START):
        return _jpeg_2000(source, 0, source.size)
    if start.startswith(BOX_START):
        return _jpeg_2000(source, *_codestream_in_boxes(source))
    return None


def _jpeg(source: Source) -> CodestreamHead:
    frame, frame_code, adobe = b"", 0, -1
    position = 2
    for _ in range(MOST_SEGMENTS):
        code = source.read(position, 2)[1]
        if code == 0xFF or code in WITHOUT_LENGTH:  # a fill byte, a marker alone
            position += 1 if code == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", source.read(position + 2, 2))
        segment = source.read(position + 4, max(length - 2, 0)) if _is_read(code) else b""
        position += 2 + length
        if code in FRAME_HEADERS:
            frame, frame_code = segment, code
        elif code == ADOBE and segment[:5] == b"Adobe" and len(segment) >= 12:
            adobe = segment[11]
        elif code == START_OF_SCAN:
            return _jpeg_head(frame, frame_code, segment, adobe, source.size)
    raise Unreadable(UNKNOWN)


def _is_read(code: int) -> bool:
    return code in FRAME_HEADERS or code in (START_OF_SCAN, ADOBE)


def _jpeg_head(frame: bytes, code: int, scan: bytes, adobe: int, size: int) -> CodestreamHead:
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5] or len(scan) < 4:
        raise Unreadable(UNKNOWN)
    bits, rows, columns, samples = struct.unpack(">BHHB", frame[:6])
    names = frame[6 : 6 + 3 * samples : 3]
    factors = frame[7 : 7 + 3 * samples : 3]
    return CodestreamHead(
        syntax=_jpeg_syntax(code, scan),
        rows=rows,
        columns=columns,
        samples=samples,
        bits=bits,
        is_signed=False,
        photometric=_jpeg_colours(samples, names, factors, adobe, code),
        offset=0,
        length=size,
    )


def _jpeg_syntax(code: int, scan: bytes) -> str:
    selection = scan[-3]  # the predictor; of JPEG-LS, how far values may be off
    if code == JPEG_LS:
        return f"{_JPEG}81" if selection else f"{_JPEG}80"
    if code == LOSSLESS:
        return f"{_JPEG}70" if selection == FIRST_ORDER else f"{_JPEG}57"
    if code in (BASELINE, EXTENDED):
        return f"{_JPEG}50" if code == BASELINE else f"{_JPEG}51"
    raise Unreadable(UNKNOWN)  # progressive and the others were retired


def _jpeg_colours(samples: int, names: bytes, factors: bytes, adobe: int, code: int) -> str:
    if samples != 3:
        return "MONOCHROME2"
    if adobe == 0 or names == RGB_NAMES or (code in (LOSSLESS, JPEG_LS) and adobe < 0):
        return "RGB"
    return "YBR_FULL_422" if factors[0] != factors[1] else "YBR_FULL"


def _codestream_in_boxes(source: Source) -> tuple[int, int]:
    """Where the codestream lies in a JP2 file (ITU-T T.800 annex I): DICOM keeps it without the boxes (PS3.5 A.4.4)."""
    position = 0
    for _ in range(MOST_SEGMENTS):
        length, kind = struct.unpack(">I4s", source.read(position, 8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", source.read(position + 8, 8))
            head = 16
        length = length or source.size - position
        if kind == CODESTREAM_BOX and length > head and position + length <= source.size:
            return position + head, length - head
        if length < head:
            break
        position += length
    raise Unreadable(UNKNOWN)


def _jpeg_2000(source: Source, offset: int, length: int) -> CodestreamHead:
    segments: dict[int, bytes] = {}
    position = offset + 2
    for _ in range(MOST_SEGMENTS):
        marker, size = struct.unpack(">HH", source.read(position, 4))
        if marker == START_OF_TILE:
            break
        if marker in (SIZE, CAPABILITIES, CODING_STYLE):
            segments.setdefault(marker, source.read(position + 4, max(size - 2, 0)))
        position += 2 + size
    image, style = segments.get(SIZE, b""), segments.get(CODING_STYLE, b"")
    if len(image) < 39 or len(style) < 10:
        raise Unreadable(UNKNOWN)
    width, height, left, top = struct.unpack(">4I", image[2:18])
    (samples,) = struct.unpack(">H", image[34:36])
    is_reversible = style[9] == REVERSIBLE
    return CodestreamHead(
        syntax=_jpeg_2000_syntax(CAPABILITIES in segments, is_reversible),
        rows=height - top,
        columns=width - left,
        samples=samples,
        bits=(image[36] & 0x7F) + 1,
        is_signed=bool(image[36] & 0x80),
        photometric=_jpeg_2000_colours(samples, bool(style[4]), is_reversible),
        offset=offset,
        length=length,
    )


def _jpeg_2000_syntax(is_high_throughput: bool, is_reversible: bool) -> str:
    if is_high_throughput:
        return f"{_JPEG}201" if is_reversible else f"{_JPEG}203"
    return f"{_JPEG}90" if is_reversible else f"{_JPEG}91"


def _jpeg_2000_colours(samples: int, are_transformed: bool, is_reversible: bool) -> str:
    if samples != 3:
        return "MONOCHROME2"
    if not are_transformed:
        return "RGB"
    return "YBR_RCT" if is_reversible else "YBR_ICT"
