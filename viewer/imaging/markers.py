"""The few facts of a codestream's markers that must be known before it is decoded, or that a decoder does not tell."""

from __future__ import annotations

import struct
from dataclasses import dataclass

EOI, START_OF_SCAN = 0xD9, 0xDA
APP0, APP14 = 0xE0, 0xEE
SOF_LOSSLESS = 0xC3
JPEG_LS_FRAME = 0xF7
NOT_FRAMES = (0xC4, 0xC8, 0xCC)  # between the SOFs: tables and an extension
ADOBE_TRANSFORM = 11
RGB_IDS = (b"RGB", b"rgb")
CODESTREAM = b"\xff\x4f\xff\x51"  # JPEG 2000: SOC, SIZ
# Offsets from SOC (ISO 15444-1 A.5.1): Xsiz and what follows, Csiz, the first component's Ssiz.
SIZ_SIZES, SIZ_COMPONENTS, SIZ_PRECISION = 8, 40, 42
COD = 0x52
START_OF_TILE_PART = 0x90  # SOT
SOD = b"\xff\x93"
SOI = b"\xff\xd8"

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class JpegFacts:
    """Of a JPEG or JPEG-LS codestream (ISO 10918-1 B, ISO 14495-1 C)."""

    rows: int  # 0 where they are told after the first scan
    columns: int
    precision: int
    is_lossless: bool
    component_ids: bytes
    is_subsampled: bool
    has_jfif: bool
    adobe_transform: int | None

    @property
    def shape(self) -> Shape:
        """Rows, columns and components."""
        return self.rows, self.columns, len(self.component_ids)

    def colour_space(self, header_says: str) -> str:
        """What its three components are: markers and subsampling before the header, which is often left over."""
        if self.component_ids in RGB_IDS or self.adobe_transform == 0:
            return "RGB"
        if self.is_lossless:
            return header_says
        is_ybr = self.has_jfif or self.is_subsampled or self.adobe_transform is not None
        if is_ybr or header_says != "RGB":
            return "YBR_FULL"
        return "RGB"


def jpeg_facts(data: bytes) -> JpegFacts | None:
    """The facts; None where there is no frame header."""
    has_jfif, adobe, at = False, None, 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if marker == START_OF_SCAN:
            return None
        if marker == APP0 and body.startswith(b"JFIF"):
            has_jfif = True
        if marker == APP14 and body.startswith(b"Adobe") and len(body) > ADOBE_TRANSFORM:
            adobe = body[ADOBE_TRANSFORM]
        if _is_frame(marker):
            return _facts(marker, body, has_jfif, adobe)
        at += 2 + length
    return None


def _is_frame(marker: int) -> bool:
    return (0xC0 <= marker <= 0xCF and marker not in NOT_FRAMES) or marker == JPEG_LS_FRAME


def _facts(marker: int, body: bytes, has_jfif: bool, adobe: int | None) -> JpegFacts | None:
    if len(body) < 6:
        return None
    components = [body[6 + 3 * n : 9 + 3 * n] for n in range(body[5])]
    sampling = {one[1:2] for one in components}
    is_lossless = marker in (SOF_LOSSLESS, JPEG_LS_FRAME)
    ids = b"".join(one[:1] for one in components)
    rows, columns = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    return JpegFacts(rows, columns, body[0], is_lossless, ids, len(sampling) > 1, has_jfif, adobe)


@dataclass(frozen=True)
class Jpeg2000Facts:
    """Of a JPEG 2000 codestream (ISO 15444-1 A.5.1, A.6.1)."""

    shape: Shape
    precision: int
    is_signed: bool
    has_colour_transform: bool


def jpeg2000_facts(data: bytes) -> Jpeg2000Facts | None:
    """The facts of a codestream that begins with its first byte; None where it is none."""
    if not data.startswith(CODESTREAM) or len(data) <= SIZ_PRECISION:
        return None
    width, height, left, top = struct.unpack_from(">4I", data, SIZ_SIZES)
    shape = (height - top, width - left, int.from_bytes(data[SIZ_COMPONENTS:SIZ_PRECISION], "big"))
    depth = data[SIZ_PRECISION]
    return Jpeg2000Facts(shape, (depth & 0x7F) + 1, bool(depth & 0x80), _has_colour_transform(data))


def _has_colour_transform(data: bytes) -> bool:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != START_OF_TILE_PART:
        if data[at + 1] == COD:
            return data[at + 8 : at + 9] == b"\x01"
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def bare_codestream(data: bytes) -> bytes:
    """A JPEG 2000 codestream without the JP2 boxes that some put around it, against PS3.5 A.4.4."""
    return data if data.startswith(CODESTREAM) else data[max(0, data.find(CODESTREAM)) :]


def is_whole(data: bytes) -> bool:
    """Whether the codestream has its end. Decoders fill what is missing with grey and say nothing (promise P9)."""
    # Neither marker can stand in coded data, where a 0xFF is never followed by more than 0x8F.
    start = data.rfind(bytes((0xFF, START_OF_SCAN))) if data.startswith(SOI) else data.rfind(SOD)
    return data.rfind(bytes((0xFF, EOI))) > start
