"""The negotiation of media types (PS3.18 8.7): what is said of what is asked, by tables."""

from __future__ import annotations

import pytest

from pacs.dicomweb.accept import LONGEST_ACCEPT, Wish, parse_accept, wishes_of
from pacs.dicomweb.media_types import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    HTJ2K_LOSSLESS,
    IMPLICIT_LITTLE,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
    frame_offers,
    object_offers,
)

OCTETS = 'multipart/related; type="application/octet-stream"'
DICOM = 'multipart/related; type="application/dicom"'
MPEG4 = "1.2.840.10008.1.2.4.102"


@pytest.mark.parametrize(
    ("accept", "wishes"),
    [
        ("", [Wish("*/*")]),
        ("*/*", [Wish("*/*")]),
        ("application/dicom", [Wish("application/dicom", is_multipart=False)]),
        (DICOM, [Wish("application/dicom", is_multipart=True)]),
        ("multipart/related;type=application/dicom", [Wish("application/dicom", is_multipart=True)]),
        ("Multipart/Related; Type=application/dicom", [Wish("application/dicom", is_multipart=True)]),
        (
            "multipart/related; type=application/octet-stream; transfer-syntax=*",
            [Wish("application/octet-stream", "*", is_multipart=True)],
        ),
        (
            f'multipart/related; type="image/jls"; transfer-syntax="{JPEG_LS}"; boundary=**',
            [Wish("image/jls", JPEG_LS, is_multipart=True)],
        ),
        ("multipart/related", [Wish("*/*", is_multipart=True)]),
        (
            "image/jpeg;q=0.5, image/jls, image/jp2;q=0",
            [
                Wish("image/jls", "", False),
                Wish("image/jpeg", "", False, 0.5),
                Wish("image/jp2", "", False, 0),
            ],
        ),
        ('image/jls; x="a, b", image/jp2', [Wish("image/jls", "", False), Wish("image/jp2", "", False)]),
        # What cannot be understood is left out (8.7.7).
        ("image/jpeg;q=2, image/jls;transfer-syntax=best, nonsense, ,;, a/b/c", []),
    ],
)
def test_what_a_client_says(accept: str, wishes: list[Wish]) -> None:
    assert list(parse_accept(accept)) == wishes


def test_the_query_is_heard_before_the_header() -> None:
    query = b"x=1&accept=multipart/related;%20type=%22application/dicom%2Bxml%22"
    assert wishes_of("*/*", query) == (Wish("application/dicom+xml", is_multipart=True),)
    assert wishes_of("*/*", b"accept=application/dicom+json") == (
        Wish("application/dicom+json", is_multipart=False),
    )


def test_a_header_of_any_length_takes_no_time() -> None:
    assert len(wishes_of("image/jpeg," * 10_000, b"")) <= LONGEST_ACCEPT // 10
    assert wishes_of('"' * 100_000, b"") == ()


ROWS_OF_OBJECTS = [
    # accept, stored, the ways in order: (syntax, multipart?)
    ("*/*", EXPLICIT_LITTLE, [(EXPLICIT_LITTLE, True)]),
    (DICOM, JPEG_2000_LOSSLESS, [(EXPLICIT_LITTLE, True), (JPEG_2000_LOSSLESS, True)]),
    (DICOM, JPEG_BASELINE, [(JPEG_BASELINE, True)]),  # it is there lossy only (8.7.3)
    (DICOM, MPEG4, [(MPEG4, True)]),
    (DICOM, IMPLICIT_LITTLE, [(EXPLICIT_LITTLE, True), (IMPLICIT_LITTLE, True)]),
    (f"{DICOM}; transfer-syntax=*", IMPLICIT_LITTLE, [(IMPLICIT_LITTLE, True)]),
    (f"{DICOM}; transfer-syntax=*", HTJ2K_LOSSLESS, [(HTJ2K_LOSSLESS, True)]),
    ("application/dicom; transfer-syntax=*", RLE, [(RLE, False)]),
    ("application/*", RLE, [(EXPLICIT_LITTLE, False), (RLE, False)]),
    (
        f"{DICOM}; transfer-syntax={JPEG_LS}, {DICOM}; transfer-syntax={RLE}",
        RLE,
        [(RLE, True), (JPEG_LS, True)],
    ),
    (
        f"{DICOM}; transfer-syntax={JPEG_LS}, {DICOM}; transfer-syntax={RLE}; q=0.9",
        RLE,
        [(JPEG_LS, True), (RLE, True)],
    ),
    ("image/jpeg", JPEG_BASELINE, []),
    (f"{DICOM}; q=0", EXPLICIT_LITTLE, []),
]


@pytest.mark.parametrize(("accept", "stored", "ways"), ROWS_OF_OBJECTS)
def test_in_which_syntax_an_object_is_given(accept: str, stored: str, ways: list[tuple[str, bool]]) -> None:
    offers = object_offers(parse_accept(accept), stored)
    assert [(offer.syntax, offer.is_multipart) for offer in offers] == ways


ROWS_OF_FRAMES = [
    # accept, stored, the best way: media type, syntax, multipart?
    ("", EXPLICIT_LITTLE, ("application/octet-stream", EXPLICIT_LITTLE, True)),
    ("*/*", JPEG_LS, ("application/octet-stream", EXPLICIT_LITTLE, True)),
    ('multipart/related; type="*/*"', RLE, ("application/octet-stream", EXPLICIT_LITTLE, True)),
    (OCTETS, IMPLICIT_LITTLE, ("application/octet-stream", EXPLICIT_LITTLE, True)),
    (OCTETS, EXPLICIT_BIG, ("application/octet-stream", EXPLICIT_LITTLE, True)),
    (
        f"{OCTETS}; transfer-syntax={IMPLICIT_LITTLE}",
        RLE,
        ("application/octet-stream", EXPLICIT_LITTLE, True),
    ),
    ("application/octet-stream", RLE, ("application/octet-stream", EXPLICIT_LITTLE, False)),
    (
        "multipart/related; type=application/octet-stream; transfer-syntax=*",
        JPEG_2000,
        ("application/octet-stream", JPEG_2000, True),
    ),
    ("*/*; transfer-syntax=*", RLE, ("application/octet-stream", RLE, True)),
    ("image/jpeg", JPEG_BASELINE, ("image/jpeg", JPEG_BASELINE, False)),
    ("image/jpeg", JPEG_LOSSLESS, ("image/jpeg", JPEG_LOSSLESS_SV1, False)),
    ("image/jpeg; transfer-syntax=*", JPEG_LOSSLESS, ("image/jpeg", JPEG_LOSSLESS, False)),
    ("image/jpeg", RLE, ("image/jpeg", JPEG_LOSSLESS_SV1, False)),
    ("image/*", JPEG_LS, ("image/jls", JPEG_LS, False)),
    ("image/*", EXPLICIT_LITTLE, ("image/jpeg", JPEG_LOSSLESS_SV1, False)),
    (f"image/*; transfer-syntax={JPEG_2000}", RLE, ("image/jp2", JPEG_2000, False)),
    ("image/jp2", JPEG_2000, ("image/jp2", JPEG_2000, False)),
    ("image/jp2", EXPLICIT_LITTLE, ("image/jp2", JPEG_2000_LOSSLESS, False)),
    (f"image/jp2; transfer-syntax={JPEG_BASELINE}", JPEG_BASELINE, None),
    ("image/x-jls", JPEG_LS, ("image/x-jls", JPEG_LS, False)),
    ("image/jphc", HTJ2K_LOSSLESS, ("image/jphc", HTJ2K_LOSSLESS, False)),
    (
        "image/jls, application/octet-stream",
        EXPLICIT_LITTLE,
        ("application/octet-stream", EXPLICIT_LITTLE, False),
    ),
    ("image/jls, application/octet-stream;q=0.5", EXPLICIT_LITTLE, ("image/jls", JPEG_LS, False)),
    ("image/jls;q=0, image/*", JPEG_LS, ("image/jpeg", JPEG_LOSSLESS_SV1, False)),
    ("video/*", EXPLICIT_LITTLE, None),
    ("text/html", EXPLICIT_LITTLE, None),
    ("application/dicom", EXPLICIT_LITTLE, None),
]


@pytest.mark.parametrize(("accept", "stored", "way"), ROWS_OF_FRAMES)
def test_in_which_form_a_frame_is_given(accept: str, stored: str, way: tuple[str, str, bool] | None) -> None:
    best = next(frame_offers(parse_accept(accept), stored, is_single=True), None)
    assert (best and (best.name, best.syntax, best.is_multipart)) == way


def test_several_frames_come_only_in_several_parts() -> None:
    assert not list(frame_offers(parse_accept("application/octet-stream"), EXPLICIT_LITTLE, is_single=False))
    assert next(frame_offers(parse_accept("*/*"), EXPLICIT_LITTLE, is_single=False)).is_multipart
