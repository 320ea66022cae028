"""/rendered of a presentation state, and an image by WADO-URI as a state wants it: pixels by arithmetic of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import BlendingSoftcopyPresentationStateStorage, PseudoColorSoftcopyPresentationStateStorage

from pacs.catalog.models import Instance
from tests import builders, people
from tests.builders import item_of
from tests.viewer.api.test_documents import by_uri
from tests.viewer.api.test_rendered import get
from tests.viewer.api.test_rendered_many import get as get_path
from tests.viewer.api.test_rendered_many import parts_of
from tests.viewer.client import Response
from tests.viewer.kept import keep
from tests.viewer.states.test_states import area

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

PNG = {"accept": "image/png"}


def ramp(**attributes: Any) -> bytes:
    """4 x 8, whose columns are 0, 100, ... 700; its own rescale, window and polarity are such as must not be used."""
    stored = np.tile(np.arange(8, dtype="<u2") * 100, (4, 1))
    own = {"RescaleSlope": 3, "RescaleIntercept": 7, "WindowCenter": 1, "WindowWidth": 2}
    return builders.image(stored, **{**own, "PhotometricInterpretation": "MONOCHROME1", **attributes})


def row_of(answer: Response) -> list[int]:
    assert answer.status == 200, answer.body
    return [int(one) for one in answer.pixels()[0, :, 0]]


def greys(values: Any, center: float, width: float) -> list[int]:
    """PS3.3 C.11.2.1.3.2, LINEAR_EXACT."""
    return [int(np.floor(min(max((one - center) / width + 0.5, 0), 1) * 255 + 0.5)) for one in values]


WINDOW = item_of(WindowCenter=350, WindowWidth=800, VOILUTFunction="LINEAR_EXACT")


def test_the_pipeline_of_the_state_takes_the_place_of_the_image_s_own() -> None:
    image = ramp()
    _, plain, inverse, rescaled, identity = keep(
        image,
        builders.state(image, SoftcopyVOILUTSequence=[WINDOW]),
        builders.state(image, SoftcopyVOILUTSequence=[WINDOW], PresentationLUTShape="INVERSE"),
        builders.state(
            image, SoftcopyVOILUTSequence=[WINDOW], RescaleSlope=2, RescaleIntercept=-350, RescaleType="US"
        ),
        builders.state(image),
    )
    values = np.arange(8) * 100
    assert row_of(get(plain, **PNG)) == greys(values, 350, 800)
    assert row_of(get(inverse, **PNG)) == [255 - one for one in greys(values, 350, 800)]
    assert row_of(get(rescaled, **PNG)) == greys(values * 2 - 350, 350, 800)
    assert row_of(get(identity, **PNG)) == greys(values, 65535 / 2, 65535)


def test_turned_cut_and_fitted() -> None:
    image = ramp()
    _, state = keep(
        image,
        builders.state(
            image,
            SoftcopyVOILUTSequence=[WINDOW],
            ImageRotation=90,
            ImageHorizontalFlip="N",
            DisplayedAreaSelectionSequence=[
                area(DisplayedAreaTopLeftHandCorner=[3, 1], DisplayedAreaBottomRightHandCorner=[4, 2])
            ],
        ),
    )
    pixels = get(state, **PNG).pixels()[..., 0]
    assert pixels.tolist() == [[one, one] for one in greys([200, 300], 350, 800)]
    assert get(state, "rendered?viewport=64,32", **PNG).pixels().shape == (32, 32, 3)


def test_graphics_have_the_colour_of_their_layer() -> None:
    image = ramp()
    graphic = item_of(
        GraphicAnnotationUnits="DISPLAY", GraphicDimensions=2, NumberOfGraphicPoints=2, GraphicData=[0, 0.5, 1, 0.5],
        GraphicType="POLYLINE", GraphicFilled="N",
    )  # fmt: skip
    layer = item_of(
        GraphicLayer="A", GraphicLayerOrder=1, GraphicLayerRecommendedDisplayCIELabValue=[34905, 53485, 50144]
    )
    annotation = item_of(GraphicLayer="A", GraphicObjectSequence=[graphic])
    _, state = keep(
        image, builders.state(image, GraphicLayerSequence=[layer], GraphicAnnotationSequence=[annotation])
    )
    red, green, blue = get(state, "rendered?viewport=64,32", **PNG).pixels()[16, 32].tolist()
    assert red > 200
    assert max(green, blue) < 60


def test_by_uri_the_state_is_named_beside_the_image() -> None:
    image, other = ramp(), ramp()
    kept, stranger, state = keep(image, other, builders.state(image, SoftcopyVOILUTSequence=[WINDOW]))
    series = state.series.series_instance_uid
    named = f"&presentationSeriesUID={series}&presentationUID={state.sop_instance_uid}"
    assert row_of(by_uri(kept, named + "&contentType=image/png")) == greys(np.arange(8) * 100, 350, 800)
    assert by_uri(stranger, named).problem() == (400, "bad_request")
    assert by_uri(kept, named + "&windowCenter=1&windowWidth=2").problem() == (400, "bad_request")
    assert by_uri(kept, f"&presentationUID={state.sop_instance_uid}").problem() == (400, "bad_request")
    elsewhere = f"&presentationSeriesUID=1.2.3&presentationUID={state.sop_instance_uid}"
    assert by_uri(kept, elsewhere).problem() == (400, "bad_request")  # PS3.18 9.5.2.3
    itself = (
        f"&presentationSeriesUID={kept.series.series_instance_uid}&presentationUID={kept.sop_instance_uid}"
    )
    assert by_uri(kept, itself).problem() == (400, "bad_request")


def test_of_several_images_each_is_a_part_that_can_be_had_alone() -> None:
    uids = {"StudyInstanceUID": "2.25.1", "SeriesInstanceUID": "2.25.2"}
    images = [ramp(**uids), ramp(**uids)]
    *_, state = keep(*images, builders.state(*images, SoftcopyVOILUTSequence=[WINDOW]))
    parts = parts_of(get(state, **PNG))
    assert [kind for kind, _, _ in parts] == ["image/png"] * 2
    for _, location, content in parts:
        assert get_path(location.partition("8000")[2], **PNG).body == content


@pytest.mark.parametrize("query", ["window=1,2,linear", "viewport=8,8,0,0,4,4", "viewport=8,8,0,0"])
def test_what_may_not_be_asked_of_a_state(query: str) -> None:
    image = ramp()
    _, state = keep(image, builders.state(image))
    assert get(state, f"rendered?{query}").problem() == (400, "bad_request")


def test_what_is_not_done_is_told() -> None:
    image, colour = ramp(), builders.colour()
    *_, blending, coloured = keep(
        image,
        colour,
        builders.state(image, sop_class=BlendingSoftcopyPresentationStateStorage),
        builders.state(colour),
    )
    for state, reason in (
        (blending, "state_kind"),
        (coloured, "state_colour"),
    ):
        answer = get(state)
        assert answer.problem() == (422, "cannot_show")
        error = answer.json()["error"]
        assert error["fields"] == {"reason": reason}
        assert "presentation state" in error["message"]


def test_a_true_size_is_given_without_scaling_or_as_the_viewport_allows() -> None:
    """PS3.18 9.5.2.3, and its Note 1."""
    image = ramp()
    told = area(
        PresentationSizeMode="TRUE SIZE",
        PresentationPixelSpacing=[1, 1],
        DisplayedAreaBottomRightHandCorner=[8, 4],
    )
    _, state = keep(image, builders.state(image, DisplayedAreaSelectionSequence=[told]))
    assert get(state, **PNG).pixels().shape == (4, 8, 3)
    assert get(state, "rendered?viewport=64,64", **PNG).pixels().shape == (32, 64, 3)


def test_the_first_value_of_a_table_is_signed_where_what_goes_into_it_may_be() -> None:
    """C.11.1.1.1, C.11.2.1.1: by the image and the rescale, for a state has no Pixel Representation of its own."""
    high = builders.image(np.array([[40000, 40001, 40002, 40003]], "<u2"))
    signed = builders.image(np.array([[-2, -1, 0, 1]], "<i2"), PixelRepresentation=1)
    below = builders.image(np.array([[0, 1, 2, 3]], "<u2"))
    for image, attributes in (
        (high, {"SoftcopyVOILUTSequence": [item_of(VOILUTSequence=[item_of(**table_of(40000))])]}),
        (signed, {"SoftcopyVOILUTSequence": [item_of(VOILUTSequence=[item_of(**table_of(-2))])]}),
        (
            below,
            {
                "RescaleSlope": 1,
                "RescaleIntercept": -2,
                "RescaleType": "US",
                "SoftcopyVOILUTSequence": [item_of(VOILUTSequence=[item_of(**table_of(-2))])],
            },
        ),
    ):
        _, state = keep(image, builders.state(image, **attributes))
        assert row_of(get(state, **PNG)) == [0, 85, 170, 255]
    modality = item_of(**{**table_of(-2), "ModalityLUTType": "US"})
    (state,) = keep(builders.state(signed, ModalityLUTSequence=[modality]))
    assert row_of(get(state, **PNG)) == [0, 85, 170, 255]


def table_of(first: int) -> dict[str, Any]:
    """A table of four values from `first` on, which is written without its sign."""
    return {"LUTDescriptor": [4, first % 65536, 8], "LUTData": bytes((0, 85, 170, 255))}


def test_an_image_that_is_not_open_does_not_exist() -> None:
    mine, other = ramp(ReferringPhysicianName="Bob^Referrer"), ramp(ReferringPhysicianName="Other^Doctor")
    own_study = {"StudyInstanceUID": builders.new_uid(), "ReferringPhysicianName": "Bob^Referrer"}
    _, _, of_mine, of_other, of_nothing = keep(
        mine,
        other,
        builders.state(mine, **own_study),
        builders.state(other, **own_study),
        builders.state(ramp(), **own_study),
    )
    bearer = f"Bearer {people.key_of(people.bob())}"
    answers = [get_path(path_of(state), authorization=bearer) for state in (of_mine, of_other, of_nothing)]
    assert [answer.status for answer in answers] == [200, 404, 404]
    told = [json.loads(answer.body)["error"] for answer in answers[1:]]
    assert {(one["code"], one["message"]) for one in told} == {("not_found", told[0]["message"])}


def path_of(instance: Instance) -> str:
    series = instance.series
    return (
        f"/dicom-web/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}/rendered"
    )


def test_states_of_another_maker(shared_data: Path) -> None:
    """The window of the state over the values of the image, and the map from index i to (i, 0, 255 - i)."""
    expected = json.loads((shared_data / "synthetic/EXPECTED.json").read_text())
    uid = expected["pr/gsps_ct.dcm"]["annotated_instance"]
    slices = [one.read_bytes() for one in (shared_data / "ct-head-philips/S2010").glob("*.dcm")]
    images = keep(*(one for one in slices if uid.encode() in one))
    assert [one.sop_instance_uid for one in images] == [uid]
    coloured, grey = keep(
        (shared_data / "synthetic/pr/pseudocolor_ct.dcm").read_bytes(),
        (shared_data / "synthetic/pr/gsps_ct.dcm").read_bytes(),
    )
    assert coloured.sop_class_uid == PseudoColorSoftcopyPresentationStateStorage
    values = get(images[0], "rendered?window=40,80,linear", **PNG).pixels().astype(int)
    pixels = get(coloured, **PNG).pixels().astype(int)
    assert np.abs(pixels - np.stack([values, np.zeros_like(values), 255 - values], axis=-1)).max() <= 1
    assert get(grey).problem() == (404, "not_found")  # two of its three images are not here
    named = (
        f"&presentationSeriesUID={grey.series.series_instance_uid}&presentationUID={grey.sop_instance_uid}"
    )
    drawn = by_uri(images[0], named + "&contentType=image/png").pixels().astype(int)
    plain = get(images[0], "rendered?window=35,80,linear", **PNG).pixels().astype(int)
    changed = np.argwhere(np.abs(drawn[..., 0] - plain) > 0)
    assert 500 < len(changed) < 20_000
    assert changed.min() >= 45
    assert drawn[100, 250].tolist() == [255, 255, 255]  # the polyline from 100, 100 to 400, 100


def test_what_a_browser_has_is_still_right() -> None:
    image = ramp()
    _, state = keep(image, builders.state(image, SoftcopyVOILUTSequence=[WINDOW]))
    first = get(state, **PNG)
    assert get(state, if_none_match=first.headers["etag"], **PNG).status == 304
