"""Which representation of an object or a frame is given to whom (PS3.18 8.7.3 and 8.7.8), by tables of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pacs.dicomweb.accept import ANY_SYNTAX, ANYTHING, MULTIPART, Wish

DICOM = "application/dicom"
OCTETS = "application/octet-stream"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"  # what is given where no transfer syntax is asked for
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
_JPEG = "1.2.840.10008.1.2.4."
JPEG_BASELINE, JPEG_EXTENDED = f"{_JPEG}50", f"{_JPEG}51"
JPEG_LOSSLESS, JPEG_LOSSLESS_SV1 = f"{_JPEG}57", f"{_JPEG}70"
JPEG_LS, JPEG_LS_NEAR = f"{_JPEG}80", f"{_JPEG}81"
JPEG_2000_LOSSLESS, JPEG_2000 = f"{_JPEG}90", f"{_JPEG}91"
HTJ2K_LOSSLESS, HTJ2K_LOSSLESS_RPCL, HTJ2K = f"{_JPEG}201", f"{_JPEG}202", f"{_JPEG}203"
NATIVE = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED)

# Table 8.7.3-5: of each media type, the first syntax is its default.
PIXEL_MEDIA: dict[str, tuple[str, ...]] = {
    "image/jpeg": (JPEG_LOSSLESS_SV1, JPEG_BASELINE, JPEG_EXTENDED, JPEG_LOSSLESS),
    "image/dicom-rle": (RLE,),
    "image/jls": (JPEG_LS, JPEG_LS_NEAR),
    "image/jp2": (JPEG_2000_LOSSLESS, JPEG_2000),
    "image/jpx": (f"{_JPEG}92", f"{_JPEG}93"),
    "image/jphc": (HTJ2K_LOSSLESS, HTJ2K_LOSSLESS_RPCL, HTJ2K),
    "image/jxl": (f"{_JPEG}110", f"{_JPEG}111", f"{_JPEG}112"),
    "video/mpeg": (f"{_JPEG}100", f"{_JPEG}101"),
    "video/mp4": (f"{_JPEG}102", f"{_JPEG}103", f"{_JPEG}104", f"{_JPEG}105", f"{_JPEG}106"),
    "video/H265": (f"{_JPEG}107", f"{_JPEG}108"),
}
# Names that clients have for the same, from before these were registered.
ALIASES = {
    "image/x-dicom-rle": "image/dicom-rle",
    "image/x-jls": "image/jls",
    "image/jph": "image/jphc",
    "video/mpeg2": "video/mpeg",
    "video/h265": "video/H265",
}
IMAGE_DEFAULT = "image/jpeg"
LOSSY = frozenset(
    (JPEG_BASELINE, JPEG_EXTENDED, JPEG_LS_NEAR, JPEG_2000, HTJ2K, f"{_JPEG}93")
    + (f"{_JPEG}52", f"{_JPEG}53", f"{_JPEG}55")  # retired
    + (f"{_JPEG}111", f"{_JPEG}112")
    + PIXEL_MEDIA["video/mpeg"]
    + PIXEL_MEDIA["video/mp4"]
    + PIXEL_MEDIA["video/H265"]
)


@dataclass(frozen=True)
class Offer:
    """One way to give it: each part is of this media type, in this syntax."""

    name: str
    syntax: str
    is_multipart: bool

    @property
    def part_type(self) -> str:
        """The Content-Type of a part."""
        return f"{self.name}; transfer-syntax={self.syntax}"

    @property
    def as_asked_for(self) -> str:
        """How a client asks for it."""
        if self.is_multipart:
            return f'{MULTIPART}; type="{self.name}"; transfer-syntax={self.syntax}'
        return self.part_type


def object_offers(wishes: Sequence[Wish], stored: str) -> Iterator[Offer]:
    """Ways to give an object that is kept in `stored`, the best first. Whether they can be made is for the caller.

    Without a transfer syntax it is given in explicit VR little endian, unless its pixels are there lossy only
    (PS3.18 8.7.3), or cannot be decoded: then as it is.
    """
    default = stored if stored in LOSSY else EXPLICIT_LITTLE
    for wish in _in_order(wishes, lambda wish: _syntax_of(wish, default, stored) == stored):
        if wish.covers(DICOM):
            # One object alone may come without an envelope, to those who ask for none.
            in_envelope = wish.is_multipart is not False
            yield Offer(DICOM, _syntax_of(wish, default, stored), in_envelope)
            if not wish.syntax and default != stored:
                yield Offer(DICOM, stored, in_envelope)


def frame_offers(wishes: Sequence[Wish], stored: str, is_single: bool) -> Iterator[Offer]:
    """Ways to give frames that are kept in `stored`, the best first; several frames only in several parts.

    What is kept native is "stored" in explicit VR little endian: frames have no header whose encoding mattered.
    """
    if stored in NATIVE:
        stored = EXPLICIT_LITTLE
    refused = {wish.name for wish in wishes if wish.q == 0}
    for wish in _in_order(wishes, lambda wish: any(s == stored for _, s in _forms(wish, stored))):
        for name, syntax in _forms(wish, stored):
            if name not in refused and (is_single or wish.is_multipart is not False):
                yield Offer(name, syntax, wish.is_multipart is not False)


def pixel_media_of(syntax: str) -> str:
    """The media type of a frame in this syntax."""
    return next((name for name, syntaxes in PIXEL_MEDIA.items() if syntax in syntaxes), OCTETS)


def _syntax_of(wish: Wish, default: str, stored: str) -> str:
    return stored if wish.syntax == ANY_SYNTAX else wish.syntax or default


def _in_order(wishes: Sequence[Wish], is_as_stored: Callable[[Wish], bool]) -> Iterable[Wish]:
    """By q; of equals, what is stored before what would have to be made."""
    return sorted((wish for wish in wishes if wish.q > 0), key=lambda wish: (-wish.q, not is_as_stored(wish)))


def _forms(wish: Wish, stored: str) -> list[tuple[str, str]]:
    """Media types and syntaxes of a frame that this wish allows, as it is stored first."""
    return sorted(_all_forms(wish, stored), key=lambda form: form[1] != stored)


def _all_forms(wish: Wish, stored: str) -> Iterator[tuple[str, str]]:
    if wish.covers(OCTETS):  # "*/*" is a wish for the default of the resource (PS3.18 8.7.7)
        yield OCTETS, _octets_syntax(wish, stored)
    if wish.name == ANYTHING:
        return
    for name, syntaxes in PIXEL_MEDIA.items():
        if wish.covers(name) or ALIASES.get(wish.name) == name:
            told = wish.name if wish.name in ALIASES else name
            yield from ((told, syntax) for syntax in _pixel_syntaxes(wish, name, syntaxes, stored))


def _octets_syntax(wish: Wish, stored: str) -> str:
    if wish.syntax == ANY_SYNTAX:
        return stored
    return EXPLICIT_LITTLE if wish.syntax in NATIVE else wish.syntax or EXPLICIT_LITTLE


def _pixel_syntaxes(wish: Wish, name: str, syntaxes: tuple[str, ...], stored: str) -> Iterator[str]:
    if wish.syntax not in ("", ANY_SYNTAX):
        if wish.syntax in syntaxes:
            yield wish.syntax
        return
    is_kept = stored in syntaxes and (wish.syntax == ANY_SYNTAX or stored == syntaxes[0] or stored in LOSSY)
    if is_kept:
        yield stored
    elif name.startswith("image/") and (name == IMAGE_DEFAULT or not wish.name.endswith("/*")):
        yield syntaxes[0]
