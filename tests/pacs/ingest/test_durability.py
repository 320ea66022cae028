"""P1: no acknowledged instance is ever lost. P5: the catalogue can be made again from the files alone."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command

from pacs.catalog.models import Instance, InstanceMetadata, Patient, Series, Study
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.models import QuarantinedObject
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Duplicate, Rejected, Stored
from pacs.ingest.reindex import rebuild, reindex_orphans
from pacs.storage.blobs import blob_store
from pacs.storage.staging import stage_bytes
from tests import builders
from tests.builders import blob_key_of
from tests.pacs.ingest.lives import ROWS

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("KILLS", "200"))
SEED = 20240102


def life(data: Path, *arguments: str, before: tuple[str, ...] = ()) -> str:
    """What the script says that runs in a process of its own, on a data folder of its own."""
    environment = {**os.environ, "LIGHTBOX_DATA": str(data), "DATABASE_URL": ""}
    command = [*before, sys.executable, "-m", "tests.pacs.ingest.lives", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with an empty database, outside of this process."""
    life(tmp_path, "prepare")
    return tmp_path


@pytest.mark.slow
def test_p1_no_acknowledged_instance_is_lost_by_kill_9(data: Path) -> None:
    seen = json.loads(life(data, "lives", str(KILLS), str(SEED)))
    assert seen["kills"] == KILLS
    assert seen["acknowledged"] > KILLS // 4  # many lives came to something
    assert seen["lost"] == 0
    assert seen["rows_without_file"] == 0

    found = json.loads(life(data, "reindex"))
    assert found["entered"] == seen["orphans"]
    assert found["missing"] == found["damaged"] == []
    with closing(sqlite3.connect(data / "lightbox.sqlite3")) as database:
        in_catalogue = {blob for _, blob, _ in database.execute(ROWS)}
    assert in_catalogue == {path.name for path in (data / "blobs").glob("*/*")}


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace, which is not installed")
def test_p1_the_order_of_system_calls_puts_the_bytes_before_the_name_before_the_row_before_the_word(
    data: Path,
) -> None:
    trace = data / "trace"
    watched = "trace=fsync,fdatasync,rename,renameat,renameat2,write"
    said = life(data, "once", before=("strace", "-f", "-y", "-e", watched, "-o", str(trace)))
    assert said == "ACKNOWLEDGED Stored\n"
    lines = trace.read_text().splitlines()
    steps = (
        r"fsync\(\d+<.*/staging/[0-9a-f]{32}\.staged>",
        r"rename\w*\(.*/staging/[0-9a-f]{32}\.staged.*/blobs/[0-9a-f]{2}/[0-9a-f]{64}",
        r"fsync\(\d+<.*/blobs/[0-9a-f]{2}>",
        r"f(data)?sync\(\d+<.*/lightbox\.sqlite3(-wal|-journal)?>",
        r"write\(1<.*ACKNOWLEDGED",
    )
    at = 0
    for step in steps:
        later = [number for number, line in enumerate(lines[at:], at) if re.search(step, line)]
        assert later, f"no {step} after line {at} of:\n" + "\n".join(lines[-60:])
        at = later[0]
    assert not any("blobs" in line and "write(" in line for line in lines)


@pytest.mark.django_db
def test_p1_an_orphan_left_by_a_crash_is_indexed_again_at_start() -> None:
    data = builders.ct_slice()
    blob_store().put(stage_bytes(data))  # and here the process died
    assert reindex_orphans() == 1
    assert Instance.objects.get().blob == blob_key_of(data)
    assert reindex_orphans() == 0
    assert isinstance(ingest(arrival_from_import(stage_bytes(data))), Duplicate)


@pytest.mark.django_db
def test_an_orphan_that_cannot_be_indexed_is_set_aside_once() -> None:
    uids = builders.fresh_uids()
    first, other, cut = (
        builders.ct_slice(**uids),
        builders.ct_slice(**uids, StudyID="2"),
        builders.ct_slice()[:-1],
    )
    ingest(arrival_from_import(stage_bytes(first)))
    for orphan in (other, cut):
        blob_store().put(stage_bytes(orphan))
    assert rebuild().set_aside == 2
    assert list(blob_store().keys()) == [blob_key_of(first)]
    reasons = set(QuarantinedObject.objects.values_list("blob", "reason"))
    assert reasons == {(blob_key_of(other), "conflict"), (blob_key_of(cut), "truncated")}
    assert rebuild().set_aside == 0


SAID_OF_STUDIES = (
    "study_instance_uid",
    "patient__patient_id",
    "patient__name",
    "study_date",
    "modalities_in_study",
    "number_of_series",
    "number_of_instances",
)


@pytest.mark.django_db
def test_p5_the_catalogue_is_made_again_from_the_files_alone() -> None:
    files = [
        *builders.ct_series(3, PatientID="1", PatientName="Doe^Jane"),
        builders.multiframe(PatientID="2"),
        builders.report(PatientID="1"),
        builders.encapsulated([b"\xff\x4f\xff\x51" * 4] * 2),
    ]
    for file in files:
        assert isinstance(ingest(arrival_from_import(stage_bytes(file))), Stored)
    before = answers()
    for model in (InstanceMetadata, Instance, Series, Study, Patient):
        model.objects.all().delete()

    out = io.StringIO()
    call_command("rebuild_catalog", stdout=out, stderr=io.StringIO())
    assert out.getvalue() == "6 entered, 0 set aside, 0 damaged, 0 missing\n"
    assert answers() == before


def answers() -> list[list[tuple[object, ...]]]:
    left_out = {"id", "series", "received_at", "arrival"}  # numbers are of one catalogue
    columns = [field.name for field in Instance._meta.concrete_fields if field.name not in left_out]
    columns[columns.index("frame_table")] = "number_of_frames"  # a view of bytes equals only itself
    return [
        sorted(Study.objects.values_list(*SAID_OF_STUDIES), key=str),
        sorted(Series.objects.values_list("series_instance_uid", "number_of_instances", "modality"), key=str),
        sorted(Instance.objects.values_list(*columns), key=str),
        sorted((bytes(table or b""),) for table in Instance.objects.values_list("frame_table", flat=True)),
        sorted((bytes(text),) for text in InstanceMetadata.objects.values_list("dicom_json", flat=True)),
    ]


@pytest.mark.django_db
def test_p5_a_file_that_changed_on_the_disk_or_went_is_named(storage_roots: Path) -> None:
    whole, rotten, gone = (builders.ct_slice() for _ in range(3))
    for data in (whole, gone):
        ingest(arrival_from_import(stage_bytes(data)))
    blob_store().put(stage_bytes(rotten))
    blob_store().delete(blob_key_of(gone))
    path = storage_roots / "blobs" / blob_key_of(rotten)[:2] / blob_key_of(rotten)
    path.chmod(0o600)
    path.write_bytes(rotten[:-2] + b"\1\1")

    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_catalog", stdout=out, stderr=io.StringIO())
    assert ended.value.code == 1
    assert out.getvalue().splitlines() == [
        f"damaged  {blob_key_of(rotten)}",
        f"missing  {blob_key_of(gone)}",
        "0 entered, 0 set aside, 1 damaged, 1 missing",
    ]
    assert Rejected not in {type(ingest(arrival_from_import(stage_bytes(whole))))}
