"""../shared/data as the tests of the viewer walk through it: its groups, its paths, and each file taken in."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pacs.catalog.models import Instance, Patient, Series, Study
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Reason, Receipt, Rejected
from pacs.storage.staging import stage_bytes
from tests.viewer.api.corpus_exceptions import REFUSED

NOT_OURS = ("hl7-dcm4che", "malformed-pwnlab")  # messages; files that no server should take
GROUPS = (
    "charset-pydicom",
    "cornerstone3d",
    "ct-head-philips",
    "dcm4che",
    "dcmqi",
    "deid-data",
    "fo-dicom",
    "highdicom",
    "mr-enhanced",
    "mr-fmri-4d",
    "pydicom",
    "pydicom-data",
    "pylibjpeg-data",
    "rt-dicompyler",
    "synthetic",
    "tcia-pt-mr",
)


def rows(shared_data: Path) -> Iterator[dict[str, str]]:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        yield from csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE)


def paths_of(shared_data: Path) -> list[str]:
    return [row["path"] for row in rows(shared_data)]


def expected(exceptions: dict[str, tuple[str, ...]], paths: list[str]) -> dict[str, str]:
    """Each path that is named, or lies in a folder that is, with its reason."""
    return {
        path: reason
        for reason, named in exceptions.items()
        for path in paths
        if any(path == one or (one.endswith("/") and path.startswith(one)) for one in named)
    }


def no_dicom(shared_data: Path, paths: list[str]) -> dict[str, str]:
    """Texts, pictures and masks that lie beside the files: the manifest knows them as no DICOM."""
    named = {path for group in REFUSED.values() for path in group}
    return {
        row["path"]: Reason.NOT_DICOM.value
        for row in rows(shared_data)
        if row["path"] in paths and row["decode"] == "not DICOM" and row["path"] not in named
    }


def take_in(data: bytes) -> Receipt:
    """Many of these files are one object in several encodings: each is taken in as if it were the first."""
    receipt = ingest(arrival_from_import(stage_bytes(data)))
    if isinstance(receipt, Rejected) and receipt.reason is Reason.CONFLICT:
        _forget_the_catalogue()
        receipt = ingest(arrival_from_import(stage_bytes(data)))
    return receipt


def _forget_the_catalogue() -> None:
    for model in (Instance, Series, Study, Patient):
        model.objects.all().delete()
