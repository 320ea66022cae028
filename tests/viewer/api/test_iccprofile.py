"""iccprofile of /rendered (PS3.18 8.3.5.1.5): which profile is in a picture, and in which space its colours are."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit

from pacs.catalog.models import Instance
from tests import builders
from tests.viewer.api.test_rendered import get
from tests.viewer.api.test_rendered_many import get as get_path
from tests.viewer.api.test_rendered_many import parts_of, study_of
from tests.viewer.client import Response
from tests.viewer.imaging.test_colour_spaces import expected
from tests.viewer.kept import keep
from viewer.imaging.colour_spaces import ColourSpace, profile_of_space

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

SRGB, ADOBE, ROMM = (profile_of_space(one) for one in ("srgb", "adobergb", "rommrgb"))


def padded(profile: bytes, size: int) -> bytes:
    """The same profile with a lot behind it that no tag names: too long to be kept in the header."""
    return size.to_bytes(4, "big") + profile[4:] + bytes(size - len(profile))


def coloured(**attributes: Any) -> Instance:
    """Colours that every space holds."""
    row, column = np.indices((32, 32))
    stored = np.stack([100 + row, 100 + column, 90 + row], axis=-1).astype("u1")
    return keep(builders.colour(rows=32, columns=32, PixelData=stored.tobytes(), **attributes))[0]


def shown(instance: Instance, profile: str, accept: str = "image/png") -> tuple[np.ndarray[Any, Any], bytes]:
    answer = get(instance, f"rendered?iccprofile={profile}", accept=accept)
    assert answer.status == 200
    return opened(answer)


def opened(answer: Response) -> tuple[np.ndarray[Any, Any], bytes]:
    with Image.open(io.BytesIO(answer.body)) as image:
        return np.asarray(image).astype(int), image.info.get("icc_profile", b"")


def test_without_one_and_with_no_there_is_none() -> None:
    instance = coloured(ICCProfile=ADOBE)
    for query in ("rendered", "rendered?iccprofile=no"):
        assert opened(get(instance, query, accept="image/png"))[1] == b""


@pytest.mark.parametrize("size", [len(ADOBE), 10_000])
def test_yes_gives_that_of_the_object_and_its_colours_as_they_are(size: int) -> None:
    """As it is in the header, and as it is left out of it."""
    profile = padded(ADOBE, size)
    instance = coloured(ICCProfile=profile)
    plain = opened(get(instance, "rendered", accept="image/png"))[0]
    pixels, told = shown(instance, "yes")
    assert told == profile
    assert np.array_equal(pixels, plain)


def test_yes_of_an_object_without_one_says_srgb() -> None:
    instance = coloured()
    assert shown(instance, "yes")[1] == SRGB
    assert np.array_equal(
        shown(instance, "srgb")[0], opened(get(instance, "rendered", accept="image/png"))[0]
    )


@pytest.mark.parametrize(("space", "profile"), [("srgb", SRGB), ("adobergb", ADOBE), ("rommrgb", ROMM)])
@pytest.mark.parametrize("own", [None, ColourSpace.ADOBE_RGB])
def test_colours_are_converted_into_the_space_that_is_named(
    space: str, profile: bytes, own: ColourSpace | None
) -> None:
    """From the space of the object's own profile, else from sRGB."""
    instance = coloured(**({"ICCProfile": profile_of_space(own)} if own else {}))
    plain = opened(get(instance, "rendered", accept="image/png"))[0]
    pixels, told = shown(instance, space)
    assert told == profile
    wanted = expected(plain, own or ColourSpace.SRGB, ColourSpace(space))
    assert np.abs(pixels - wanted).max() <= 1


@pytest.mark.parametrize("accept", ["image/jpeg", "image/png", "image/webp"])
def test_each_format_that_can_hold_a_profile_holds_it(accept: str) -> None:
    instance = coloured(ICCProfile=ADOBE)
    answer = get(instance, "rendered?iccprofile=yes&viewport=32,32&quality=100", accept=accept)
    assert answer.headers["content-type"] == accept
    pixels, told = opened(answer)
    assert told == ADOBE
    plain = get(instance, "rendered?viewport=32,32&quality=100", accept="image/png").pixels().astype(int)
    assert np.abs(pixels - plain).mean() < 6  # lossy they are
    again = get(
        instance,
        "rendered?iccprofile=yes&viewport=32,32&quality=100",
        accept=accept,
        if_none_match=answer.headers["etag"],
    )
    assert again.status == 304


def test_greys_have_one_too() -> None:
    (instance,) = keep(builders.image(np.tile(np.arange(0, 1024, 16, dtype="<u2"), (8, 1))))
    window = "window=500,1001"
    plain = get(instance, f"rendered?{window}", accept="image/png").pixels().astype(int)
    pixels, told = opened(get(instance, f"rendered?{window}&iccprofile=yes", accept="image/png"))
    assert told == SRGB
    assert np.array_equal(pixels, np.repeat(plain[..., None], 3, axis=2))
    answer = opened(get(instance, f"rendered?{window}&iccprofile=rommrgb", accept="image/png"))
    wanted = expected(pixels, ColourSpace.SRGB, ColourSpace.ROMM_RGB)
    assert np.abs(answer[0] - wanted).max() <= 1


def test_of_several_optical_paths_that_of_the_frame_counts() -> None:
    """PS3.3 C.8.12.5, C.7.6.16.2.20."""
    paths = [
        builders.item_of(OpticalPathIdentifier=name, ICCProfile=profile)
        for name, profile in (("1", ADOBE), ("2", ROMM))
    ]
    frames = [
        builders.item_of(OpticalPathIdentificationSequence=[builders.item_of(OpticalPathIdentifier=name)])
        for name in ("2", "1")
    ]
    (instance,) = keep(
        builders.colour(
            rows=4,
            columns=4,
            NumberOfFrames=2,
            PixelData=bytes(4 * 4 * 3 * 2),
            OpticalPathSequence=paths,
            PerFrameFunctionalGroupsSequence=frames,
        )
    )
    for number, profile in ((1, ROMM), (2, ADOBE)):
        answer = get(instance, f"frames/{number}/rendered?iccprofile=yes", accept="image/png")
        assert opened(answer)[1] == profile
    (single,) = keep(builders.colour(OpticalPathSequence=paths[:1]))
    assert shown(single, "yes")[1] == ADOBE


def test_one_within_a_codestream_counts_where_the_object_says_nothing() -> None:
    row, column = np.indices((16, 16))
    image = Image.fromarray(np.stack([100 + row, 100 + column, 90 + row], axis=-1).astype(np.uint8))
    for own, within, wanted in (
        (None, ROMM, ROMM),
        (None, padded(ROMM, 100_000), padded(ROMM, 100_000)),  # in two segments
        (ADOBE, ROMM, ADOBE),
        (None, None, SRGB),
        (None, b"no profile", SRGB),
    ):
        written = io.BytesIO()
        image.save(written, "JPEG", quality=95, icc_profile=within)
        header: dict[str, Any] = {
            "PhotometricInterpretation": "YBR_FULL_422", "SamplesPerPixel": 3, "PlanarConfiguration": 0,
            "Rows": 16, "Columns": 16, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
            **({"ICCProfile": own} if own else {}),
        }  # fmt: skip
        (instance,) = keep(builders.encapsulated([written.getvalue()], JPEGBaseline8Bit, **header))
        assert shown(instance, "yes")[1] == wanted


@pytest.mark.parametrize("profile", ["", "YES", "cmyk", "yes,no", "srgb,adobergb"])
def test_other_values_are_refused(profile: str) -> None:
    answer = get(coloured(), f"rendered?iccprofile={profile}")
    assert answer.problem() == (400, "bad_request")
    assert answer.json()["error"]["fields"]["parameter"] == "iccprofile"


def test_what_holds_no_profile_is_refused() -> None:
    instance = coloured()
    assert get(instance, "rendered?iccprofile=no", accept="image/gif").status == 200
    assert get(instance, "rendered?iccprofile=yes", accept="image/gif").problem() == (400, "bad_request")
    (many,) = keep(builders.multiframe())
    assert get(many, "rendered?iccprofile=srgb", accept="image/gif").problem() == (400, "bad_request")
    image = builders.image(np.zeros((8, 8), "<u2"))
    _, state = keep(image, builders.state(image))
    assert get(state, "rendered?iccprofile=yes").problem() == (400, "bad_request")
    assert get(state, "rendered?iccprofile=no").status == 200


@pytest.mark.parametrize(
    "profile", [b"no profile", ADOBE[:128] + b"\xff" * (len(ADOBE) - 128)], ids=["short", "hollow"]
)
def test_p7_an_objects_bad_profile_is_no_fault_of_ours(profile: bytes) -> None:
    instance = coloured(ICCProfile=profile + b"\0" * (len(profile) % 2))
    assert get(instance, "rendered?iccprofile=srgb").problem() == (400, "bad_request")
    assert get(instance, "rendered?iccprofile=no").status == 200


def test_pictures_in_parts_have_theirs() -> None:
    instance = coloured(ICCProfile=ADOBE)
    coloured(
        StudyInstanceUID=instance.series.study.study_instance_uid,
        PatientID=instance.series.study.patient.patient_id,
        ICCProfile=b"no profile",
    )
    answer = get_path(
        f"{study_of(instance)}/rendered?iccprofile=srgb", accept='multipart/related; type="image/png"'
    )
    parts = parts_of(answer)
    assert sorted(kind for kind, _, _ in parts) == ["application/json", "image/png"]
    (picture,) = (content for kind, _, content in parts if kind == "image/png")
    with Image.open(io.BytesIO(picture)) as image:
        assert image.info["icc_profile"] == SRGB
