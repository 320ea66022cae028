"""annotation=patient,technique (PS3.18 8.3.5.1.1): written into the picture, where it belongs, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pacs.catalog.models import Instance, Patient
from tests import builders
from tests.viewer.api.test_rendered import get
from tests.viewer.kept import keep
from viewer.rendering.annotation import NOTHING, Texts, annotated, texts_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


def kept() -> Instance:
    named: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192", "PatientName": "Doe^Jane=\u30c9\u30a6", "PatientID": "X1",
        "PatientBirthDate": "19700102", "PatientSex": "F", "Modality": "CT", "StudyDate": "20240301",
        "SeriesDescription": "Head  native", "InstanceNumber": 7,
    }  # fmt: skip
    return keep(builders.image(np.zeros((200, 300), "<u2"), **named))[0]


def shown(instance: Instance, kinds: str) -> np.ndarray[Any, Any]:
    query = "rendered?window=500,1001" + (f"&annotation={kinds}" if kinds else "")
    return get(instance, query, accept="image/png").pixels()


def test_what_is_said() -> None:
    instance = kept()
    told = texts_of(instance, ("patient", "technique"))
    assert told.above == ("Doe Jane", "X1", "1970-01-02 F")
    assert told.below == ("CT", "Head native", "2024-03-01 #7")
    assert texts_of(instance, ("patient",)).below == ()
    assert texts_of(instance, ()) == NOTHING


def test_it_is_written_above_and_below() -> None:
    instance = kept()
    half = 100
    for kinds, above, below in (
        ("", False, False),
        ("patient", True, False),
        ("technique", False, True),
        ("technique,patient", True, True),
    ):
        picture = shown(instance, kinds)
        assert picture.shape == (200, 300)
        assert bool((picture[:half] > 200).any()) == above
        assert bool((picture[half:] > 200).any()) == below


def test_another_name_is_another_text_and_the_same_is_known() -> None:
    instance = kept()
    query = "rendered?annotation=patient"
    tag = get(instance, query).headers["etag"]
    assert get(instance, query, if_none_match=tag).status == 304
    assert get(instance, "rendered", if_none_match=tag).status == 200
    Patient.objects.update(name="Roe\x1b^Richard")
    assert texts_of(Instance.objects.get(pk=instance.pk), ("patient",)).above[0] == "Roe Richard"


@pytest.mark.parametrize("kinds", ["", "patient,", "a%20b", "1", "x%0d%0aSet-Cookie:y"])
def test_what_is_no_keyword_is_refused(kinds: str) -> None:
    assert get(kept(), f"rendered?annotation={kinds}").problem() == (400, "bad_request")


def test_keywords_that_are_not_known_are_ignored_with_a_warning() -> None:
    """8.3.5.1.1, also where the client has the picture already, and where pictures are parts."""
    instance = kept()
    told = get(instance, "rendered?annotation=patient,scale,orientation")
    assert told.status == 200
    warning = "The following annotation values are not supported: orientation,scale"
    assert told.headers["warning"].partition(": ")[2] == warning
    again = get(instance, "rendered?annotation=patient,scale,orientation", if_none_match=told.headers["etag"])
    assert (again.status, again.headers["warning"]) == (304, told.headers["warning"])
    assert told.body == get(instance, "rendered?annotation=patient").body
    assert "warning" not in get(instance, "rendered?annotation=patient").headers
    parts = get(instance, "rendered?annotation=scale", accept='multipart/related; type="image/png"')
    assert parts.headers["warning"].endswith(": scale")


def test_a_thumbnail_names_nobody() -> None:
    """10.4.1.1.4; it does not know the parameter (Table 8.3.5-2)."""
    instance = kept()
    plain = get(instance, "thumbnail", accept="image/png")
    told = get(instance, "thumbnail?annotation=patient,technique", accept="image/png")
    assert np.array_equal(plain.pixels(), told.pixels())


def test_a_thumbnail_shows_the_whole_image() -> None:
    """PS3.18 8.3.5.1.3: nothing but vw and vh."""
    instance = kept()
    assert get(instance, "thumbnail?viewport=64,64").status == 200
    assert get(instance, "thumbnail?viewport=64,64,1,1,2,2").problem() == (400, "bad_request")


def test_colours_and_tiny_pictures_are_written_on_too() -> None:
    texts = Texts(("Doe Jane",), ("CT",))
    colour = annotated(np.full((60, 80, 3), 90, np.uint8), texts)
    assert colour.shape == (60, 80, 3)
    assert (int(colour.min()), int(colour.max()) > 200) == (0, True)
    assert annotated(np.zeros((1, 1), np.uint8), texts).shape == (1, 1)
