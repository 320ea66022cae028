"""Every readable file of the corpus, there and back by a client that others wrote, with its defaults.

Each is stored, its header read, found, and had as an object, as a frame and as a picture: all of it succeeds, or is
refused for the reason that is written here. The bytes that went in come out.
"""

from __future__ import annotations

import csv
import hashlib
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from dicomweb_client.web import DICOMwebClient
from requests import HTTPError, Response

from pacs.access import standing
from pacs.catalog.models import Instance, InstanceMetadata, Patient, Series, Study, StudyWord
from pacs.catalog.pixel_source import Layout
from tests.pacs.dicomweb.live import client_of
from tests.people import key_of, tess
from tests.running import running_application
from tests.viewer.api.corpus_exceptions import CANNOT_SHOW, REFUSED
from viewer.rendering.kinds import Kind, kind_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MALFORMED = "malformed-pwnlab/"
# Refused at the door for what they lack; so are those of the hostile group that are not whole.
NOT_KEPT = tuple(path for paths in REFUSED.values() for path in paths)
NO_PICTURE = tuple(path for paths in CANNOT_SHOW.values() for path in paths)
# No frame of theirs can be had uncompressed, which is what the client asks for unless told otherwise (406).
NO_RAW_FRAME: dict[str, tuple[str, ...]] = {
    "a video is one stream of frames": ("synthetic/video/",),
    "its codestream is cut by what looks like a delimiter": (
        "pydicom/JPEG2000-embedded-sequence-delimiter.dcm",
    ),
}
# The list of files has its values with the sign put into bits that mean nothing; a frame comes as it lies.
AS_IT_LIES = ("pydicom-data/mlut_18.dcm",)
LEAST_FILES, LEAST_HASHES = 800, 600


@dataclass
class Trip:
    """What happened to one file."""

    client: DICOMwebClient
    row: dict[str, str]
    sent: bytes
    seen: Counter[str]
    wrong: list[str] = field(default_factory=list)

    def expect(self, what: str, act: Callable[[], Any], *refusals: int) -> Any:
        """What the act gives; None where it was refused with one of these statuses and a reason."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                given = act()
        except HTTPError as error:
            self._refused(what, error.response, refusals)
            return None
        if refusals:
            self.wrong.append(f"{self.row['path']}: {what} was not refused")
        self.seen[what] += 1
        return given

    def _refused(self, what: str, answer: Response | None, expected: tuple[int, ...]) -> None:
        self.seen[f"{what} refused"] += 1
        assert answer is not None
        if answer.status_code not in expected or not answer.json():
            told = f"{answer.status_code} {answer.text[:200]}"
            self.wrong.append(f"{self.row['path']}: {what} was answered {told}")


def test_every_readable_file_there_and_back(shared_data: Path) -> None:
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    with running_application() as address:
        client = client_of(address, key_of(tess()))
        for row in _rows(shared_data):
            sent = (shared_data / row["path"]).read_bytes()
            trip = Trip(client, row, sent, seen)
            _there_and_back(trip)
            wrong += trip.wrong
            _forget_all()  # the same object occurs in several syntaxes: as another file it would be a conflict (P4)
    assert not wrong, "\n".join([f"{len(wrong)} surprises", *wrong[:40], str(seen)])
    assert seen["stored"] > LEAST_FILES
    assert seen["the same bytes"] == seen["metadata"] == seen["found"] == seen["stored"]
    assert seen["the true values"] > LEAST_HASHES


def _rows(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["part10"] == "y" and not row["path"].startswith(MALFORMED)]


def _forget_all() -> None:
    for model in (InstanceMetadata, Instance, Series, StudyWord, Study, Patient):
        model._default_manager.all().delete()
    standing.forget()


def _there_and_back(trip: Trip) -> None:
    is_refused = trip.row["path"].startswith(NOT_KEPT)
    told = trip.expect("stored", lambda: _store(trip), *((409,) if is_refused else ()))
    if told is None:
        return
    item = told.ReferencedSOPSequence[0]
    study, series, _, instance = (
        item.RetrieveURL.rsplit("/studies/", 1)[1].replace("/series/", "/").rsplit("/", 3)
    )
    uids = (study, series, instance)
    row = Instance.objects.get(sop_instance_uid=instance)
    if row.blob != hashlib.sha256(trip.sent).hexdigest():
        trip.wrong.append(f"{trip.row['path']}: other bytes are kept")
    header = trip.expect("metadata", lambda: trip.client.retrieve_instance_metadata(*uids))
    found = trip.expect("found", lambda: _found(trip.client, *uids))
    if not header or header["00080018"]["Value"] != [instance] or found != [instance]:
        trip.wrong.append(f"{trip.row['path']}: it is not told of as what it is")
    _object_of(trip, uids)
    _pixels_of(trip, uids, row)


def _store(trip: Trip) -> pydicom.Dataset:
    """The file's own bytes: the client's way of sending a data set would write it anew."""
    url = f"{trip.client.base_url}/studies"
    return trip.client._http_post_multipart_application_dicom(url, [trip.sent])


def _found(client: DICOMwebClient, study: str, series: str, instance: str) -> list[str]:
    results = client.search_for_instances(study, series, search_filters={"SOPInstanceUID": instance})
    return [one["00080018"]["Value"][0] for one in results]


def _object_of(trip: Trip, uids: tuple[str, str, str]) -> None:
    kept: list[bytes] = []

    def keep(answer: Response, *_: Any, **__: Any) -> None:
        kept.append(answer.content)

    trip.client._session.hooks["response"].append(keep)
    given = trip.expect("instance", lambda: trip.client.retrieve_instance(*uids))
    trip.client._session.hooks["response"].remove(keep)
    if given is not None and kept and trip.sent in kept[0]:
        trip.seen["the same bytes"] += 1
    else:
        trip.wrong.append(f"{trip.row['path']}: other bytes came back")


def _pixels_of(trip: Trip, uids: tuple[str, str, str], row: Instance) -> None:
    path = trip.row["path"]
    has_none = row.pixel_layout == Layout.NONE
    no_raw = any(path.startswith(paths) for paths in NO_RAW_FRAME.values())
    refusals = (404,) if has_none else (406,) if no_raw else ()
    frames = trip.expect("frame", lambda: trip.client.retrieve_instance_frames(*uids, [1]), *refusals)
    if frames and _is_comparable(trip.row, row):
        if hashlib.sha256(frames[0]).hexdigest() == trip.row["px_sha256"]:
            trip.seen["the true values"] += 1
        else:
            trip.wrong.append(f"{path}: other values came in the frame")
    if kind_of(row) is Kind.STATE:
        return  # whether its images are here as well, the list of files does not say: see the tests of states
    refusals = (406,) if has_none else (422,) if path.startswith(NO_PICTURE) else ()
    trip.expect(
        "rendered",
        lambda: trip.client.retrieve_instance_rendered(*uids, media_types=("image/jpeg",)),
        *refusals,
    )


def _is_comparable(told: dict[str, str], row: Instance) -> bool:
    """Whether the list of files tells the hash of this very frame, as its values lie when nothing is interleaved."""
    is_lossy = not told["decode"].startswith("agree:") or row.transfer_syntax_uid.endswith((".4.50", ".4.51"))
    is_plain = told["pi"] not in ("YBR_FULL_422", "YBR_PARTIAL_422") and told["planar"] != "1"
    if told["path"] in AS_IT_LIES:
        return False
    is_alone = row.number_of_frames == 1 and row.bits_allocated % 8 == 0
    return bool(told["px_sha256"]) and not is_lossy and is_plain and is_alone


def test_a_data_set_that_the_client_writes_comes_back_as_it_was_written(shared_data: Path) -> None:
    """With its own writer, as most of its users send."""
    files = sorted((shared_data / "ct-head-philips/S2010").iterdir())[:3]
    with running_application() as address:
        client = client_of(address, key_of(tess()))
        datasets = [pydicom.dcmread(file) for file in files]
        client.store_instances(datasets)
        study, series = datasets[0].StudyInstanceUID, datasets[0].SeriesInstanceUID
        assert len(client.retrieve_series_metadata(study, series)) == 3
        for given in (client.retrieve_series(study, series), client.retrieve_study(study)):
            assert sorted(one.SOPInstanceUID for one in given) == sorted(
                one.SOPInstanceUID for one in datasets
            )
        first = datasets[0]
        back = client.retrieve_instance(study, series, first.SOPInstanceUID)
        written = [BytesIO(), BytesIO()]
        for dataset, buffer in zip((first, back), written, strict=True):
            pydicom.dcmwrite(buffer, dataset)
        assert written[0].getvalue() == written[1].getvalue()
        (frame,) = client.retrieve_instance_frames(study, series, first.SOPInstanceUID, [1])
        assert frame == first.PixelData
        (address_of_pixels,) = [
            element["BulkDataURI"]
            for tag, element in client.retrieve_instance_metadata(study, series, first.SOPInstanceUID).items()
            if tag == "7FE00010"
        ]
        assert client.retrieve_bulkdata(address_of_pixels) == [first.PixelData]
        assert client.retrieve_bulkdata(address_of_pixels, byte_range=(10, 99)) == [first.PixelData[10:100]]
