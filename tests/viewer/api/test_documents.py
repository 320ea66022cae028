"""/rendered of what is read: reports as a page, text and XML; a PDF as it is, and nothing that only says it is one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import EncapsulatedCDAStorage, EncapsulatedSTLStorage, RawDataStorage

from pacs.catalog.models import Instance
from tests import builders, people
from tests.viewer.api.test_rendered import get
from tests.viewer.api.test_rendered_many import get as get_path
from tests.viewer.api.test_rendered_many import parts_of, study_of
from tests.viewer.client import Response
from tests.viewer.kept import keep
from viewer.rendering.icons import label_of_series

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

PDF = b"%PDF-1.4\n" + b"0123456789" * 300 + b"\n%%EOF\n"


def by_uri(instance: Instance, query: str = "", **headers: str) -> Response:
    series = instance.series
    named = (
        f"studyUID={series.study.study_instance_uid}&seriesUID={series.series_instance_uid}"
        f"&objectUID={instance.sop_instance_uid}"
    )
    return get_path(f"/wado?requestType=WADO&{named}{query}", **headers)


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/*", "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/html;q=0.5, text/plain", "text/plain; charset=utf-8"),
        ("image/jpeg, text/xml;q=0.1", "text/xml; charset=utf-8"),
    ],
)
def test_a_report_in_the_type_that_is_liked_best(accept: str, given: str) -> None:
    (instance,) = keep(builders.report())
    answer = get(instance, accept=accept)
    assert (answer.status, answer.headers["content-type"]) == (200, given)
    assert "Accept" in answer.headers["vary"]
    assert b"Normal." in answer.body
    assert get(instance, f"rendered?accept={accept}", accept="image/png").body == answer.body or not accept
    assert get(instance, accept=accept, if_none_match=answer.headers["etag"]).status == 304


def test_the_page_may_do_nothing_and_our_app_alone_may_frame_it() -> None:
    (instance,) = keep(builders.report())
    headers = get(instance).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    plain = get(instance, accept="text/plain").headers
    assert plain["x-frame-options"] == "DENY"


def test_a_report_as_xml_is_the_native_model_with_its_addresses() -> None:
    (instance,) = keep(builders.report())
    root = ET.fromstring(get(instance, accept="text/xml").body)  # noqa: S314  # our own
    assert root.tag.endswith("NativeDicomModel")
    assert any(one.get("keyword") == "ContentSequence" for one in root)


def test_a_report_is_no_picture() -> None:
    (instance,) = keep(builders.report())
    answer = get(instance, accept="image/png")
    assert answer.problem() == (406, "not_acceptable")
    assert answer.json()["error"]["fields"]["acceptable"] == ["text/html", "text/plain", "text/xml"]
    assert get(instance, "frames/1/rendered").problem() == (404, "not_found")


def test_a_pdf_is_given_as_it_is_to_be_saved() -> None:
    (instance,) = keep(builders.document(PDF))
    answer = get(instance, accept="application/pdf, */*;q=0.1")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body.rstrip(b"\0") == PDF
    assert answer.headers["content-disposition"] == 'attachment; filename="document.pdf"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    part = get(instance, range="bytes=0-7")
    assert (part.status, part.body) == (206, PDF[:8])
    assert get(instance, accept="text/html").json()["error"]["fields"]["acceptable"] == ["application/pdf"]


@pytest.mark.parametrize(
    "content", [b"<!doctype html><script>alert(1)</script>", b"MZ\x90\0", b"\x7fELF", b" %PDF-1.4 but later"]
)
def test_p12_what_only_says_that_it_is_a_pdf_is_not_given(content: bytes) -> None:
    (instance,) = keep(builders.document(content))
    answer = get(instance)
    assert answer.problem() == (406, "not_acceptable")
    assert "bulkdata/00420011" in answer.json()["error"]["message"]
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("sop_class", [EncapsulatedCDAStorage, EncapsulatedSTLStorage, RawDataStorage])
def test_other_documents_are_refused_and_it_is_told_how_to_have_them(sop_class: str) -> None:
    (instance,) = keep(builders.document(PDF, sop_class))
    answer = get(instance)
    assert answer.problem() == (406, "not_acceptable")
    assert "application/dicom" in answer.json()["error"]["message"]


def test_what_has_no_picture_has_an_icon_of_its_kind_as_its_thumbnail() -> None:
    """PS3.18 10.4.1.1.4: a rendered media type, one image, nothing that tells whose it is."""
    image = builders.image(np.zeros((8, 8), "<u2"))
    named: dict[str, Any] = {"PatientName": "Doe^Jane", "PatientID": "X1"}
    report, other, pdf, cda, state, raw, odd = keep(
        builders.report(**named),
        builders.report(PatientName="Roe^Richard"),
        builders.document(PDF),
        builders.document(b"<a/>", EncapsulatedCDAStorage),
        builders.state(image),
        builders.part10(SOPClassUID=RawDataStorage, Modality="MR"),
        builders.part10(SOPClassUID=RawDataStorage, Modality="DOE JANE"),
    )
    for instance in (report, pdf, cda, state, raw, odd):
        for path in (path_of(instance), study_of(instance), series_of(instance)):
            answer = get_path(f"{path}/thumbnail")
            assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg"), path
            assert answer.pixels().shape == (256, 256)
            tag = answer.headers["etag"]
            assert get_path(f"{path}/thumbnail", if_none_match=tag).status == 304
        assert get_path(f"{path_of(instance)}/frames/1/thumbnail").problem() == (404, "not_found")
    pictures = {name: get_path(f"{path_of(one)}/thumbnail", accept="image/png").pixels().tobytes()
                for name, one in (("report", report), ("other", other), ("pdf", pdf), ("state", state))}  # fmt: skip
    assert pictures["report"] == pictures["other"]
    assert len(set(pictures.values())) == 3
    small = get_path(f"{path_of(report)}/thumbnail?viewport=64,32", accept="image/webp")
    assert (small.headers["content-type"], small.pixels().shape[:2]) == ("image/webp", (32, 32))
    assert get_path(f"{path_of(report)}/thumbnail", accept="text/html").problem() == (406, "not_acceptable")
    assert label_of_series(odd.series) == "DICOM"
    # The app has icons of its own, and is told that there is no picture.
    assert get_path(f"/view/series/{report.series.series_instance_uid}/thumbnail").status == 422


def path_of(instance: Instance) -> str:
    return f"{series_of(instance)}/instances/{instance.sop_instance_uid}"


def series_of(instance: Instance) -> str:
    return f"{study_of(instance)}/series/{instance.series.series_instance_uid}"


def test_by_uri_as_well() -> None:
    report, pdf, raw = keep(
        builders.report(), builders.document(PDF), builders.part10(SOPClassUID=RawDataStorage)
    )
    assert by_uri(report).headers["content-type"] == "text/html; charset=utf-8"
    assert by_uri(report, "&contentType=text/plain").headers["content-type"] == "text/plain; charset=utf-8"
    assert by_uri(report, "&contentType=image/jpeg").problem() == (406, "not_acceptable")
    assert by_uri(pdf).headers["content-type"] == "application/pdf"
    for file in (by_uri(pdf, "&contentType=application/dicom"), by_uri(raw)):
        assert file.headers["content-type"].startswith("application/dicom;")


def test_in_a_study_each_is_given_as_its_kind_has_it() -> None:
    shared: dict[str, Any] = {"StudyInstanceUID": "2.25.1"}
    instances = keep(
        builders.ct_slice(**shared), builders.report(**shared), builders.document(PDF, **shared),
        builders.part10(SOPClassUID=RawDataStorage, **shared),
    )  # fmt: skip
    whole = parts_of(get_path(f"{study_of(instances[0])}/rendered"))
    assert sorted(kind for kind, _, _ in whole) == ["application/pdf", "image/jpeg", "text/html"]
    contents = {kind: content for kind, _, content in whole}
    assert contents["application/pdf"].rstrip(b"\0") == PDF
    for kind, location, content in whole:
        assert get_path(location.partition("8000")[2], accept=kind).body == content
    only_png = 'multipart/related; type="image/png"'
    pictures = parts_of(get_path(f"{study_of(instances[0])}/rendered", accept=only_png))
    assert [kind for kind, _, _ in pictures] == ["image/png"]
    alone = parts_of(
        get_path(f"{study_of(instances[0])}/series/{instances[1].series.series_instance_uid}/rendered")
    )
    assert [kind for kind, _, _ in alone] == ["text/html"]


def test_who_may_not_see_it_is_told_that_there_is_none() -> None:
    (instance,) = keep(builders.report(ReferringPhysicianName="Other^Doctor"))
    path = (
        f"{study_of(instance)}/series/{instance.series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}/rendered"
    )
    assert get_path(path, authorization=f"Bearer {people.key_of(people.charlie())}").problem() == (
        404,
        "not_found",
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("doc/pdf_3pages.dcm", 200),
        ("doc/cda.dcm", 406),
        ("doc/stl_triangle.dcm", 406),
        ("sr/tid1500_ct.dcm", 200),
    ],
)
def test_documents_of_other_makers(shared_data: Path, path: str, status: int) -> None:
    (instance,) = keep((shared_data / "synthetic" / path).read_bytes())
    assert get(instance).status == status
