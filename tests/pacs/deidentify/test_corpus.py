"""Real files: nothing that the profile removes is found again in a copy, and a copy is no worse an object for it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import warnings
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom import Dataset

from pacs.deidentify import tables
from pacs.deidentify.choices import Choices, Option
from pacs.deidentify.copies import deidentified
from pacs.deidentify.decisions import STRUCTURAL
from pacs.deidentify.pixel_element import NotReadable
from pacs.deidentify.stand_ins import EARLIEST, stand_in
from tests.pacs.deidentify.planted import KEY, joined
from tests.viewer.corpus import rows

MOST_BYTES = 8 << 20
OF_A_KIND = 2  # files of a SOP class in a folder
STANDARD_UIDS = "1.2.840.10008."
REMOVED = ("X", "Z", "D", "U")
# Not whole, or without what every object has: nothing that is kept here comes so.
NOT_WHOLE = (
    "ExplVR_BigEndNoMeta",
    "ExplVR_LitEndNoMeta",
    "truncated",
    "3gb-bulk",
    "NoMeta",
    "GH177",
    "GH179A",
)
OPTIONS = (Choices(), Choices(frozenset(Option) - {Option.RETAIN_FULL_DATES, Option.RETAIN_UIDS}))
CHECKER = shutil.which("dciodvfy")
# dciodvfy of the same object before and after: what it finds anew, and why that is right.
KNOWN_FINDINGS = re.compile(
    r"ReferencedSeriesSequence present but Instance does not reference|"  # the images it tells of are Type 3
    r"has same value as|"  # as in the original, where the UIDs were the same
    r"ResponsiblePerson|ResponsibleOrganization"  # Type 2C, of animals; the profile removes them
)


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[Path]:
    """Some of each kind."""
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for row in rows(shared_data):
        kind = (row["path"].split("/")[0], row["sop"])
        if row["part10"] != "y" or not row["sop"] or "malformed" in row["path"]:
            continue
        counts[kind] += 1
        path = shared_data / row["path"]
        if counts[kind] <= OF_A_KIND and int(row["bytes"]) < MOST_BYTES and not _is_broken(row["path"]):
            found.append(path)
    return found


def _is_broken(path: str) -> bool:
    return any(one in path for one in NOT_WHOLE)


@cache
def _copies(path: Path, choices: Choices) -> tuple[bytes, bytes] | None:
    """The head of the copy, and all of it; None for what is left out on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pydicom, about what is odd in these files
        try:
            made = deidentified(str(path), choices, KEY)
        except NotReadable:
            return None
        return bytes(made["head"]), joined(made, path.read_bytes())


def _read(data: bytes) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(BytesIO(data), force=True)


def _elements(dataset: Dataset) -> Iterator[Any]:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:  # noqa: S112  # what cannot be read cannot be compared
            continue
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from _elements(item)


def _texts(element: Any) -> Iterator[str]:
    if element.VR in ("SQ", "OB", "OW", "OF", "UN", "US", "SS", "UL", "SL", "FL", "FD", "AT", "OD", "OL"):
        return
    several = element.value if element.VM > 1 else [element.value]
    yield from (str(one).strip() for one in several if one is not None)


def _removed(dataset: Dataset) -> tuple[set[str], set[str]]:
    """Values of what the profile takes out, and of what it leaves alone."""
    gone, left = set[str](), set[str]()
    for element in _elements(dataset):
        row = None if element.tag.group % 2 else tables.row_of(element.tag)
        is_gone = element.tag.group % 2 or (row is not None and row.basic in REMOVED)
        (gone if is_gone else left).update(_texts(element))
    return gone, left


def test_no_value_that_the_profile_removes_is_in_a_copy(files: list[Path]) -> None:
    wrong, compared = [], 0
    for path in files:
        made = _copies(path, OPTIONS[0])
        if made is None:
            continue
        gone, left = _removed(_read(path.read_bytes()))
        head = made[0][132:].decode("latin-1").casefold().replace(stand_in("DT"), "")
        for value in gone:
            is_telling = len(value) >= 6 and re.search(r"[A-Za-z]{4}|\d{5}", value) is not None
            # A private "SIEMENS" goes, though the Manufacturer "Siemens HealthCare" beside it stays.
            is_kept_elsewhere = any(value.casefold() in kept.casefold() for kept in left)
            if is_telling and not is_kept_elsewhere and value not in EARLIEST.values():
                compared += 1
                if value.casefold() in head and not value.startswith(STANDARD_UIDS):
                    wrong.append((path.name, value))
    assert compared > 1000
    assert wrong == []


def test_no_private_attribute_and_no_old_uid_is_in_a_copy(files: list[Path]) -> None:
    wrong = []
    for path in files:
        made = _copies(path, OPTIONS[0])
        if made is None:
            continue
        uids = {
            uid
            for element in _elements(_read(path.read_bytes()))
            if element.VR == "UI" and element.keyword not in STRUCTURAL
            for uid in _texts(element)
            if len(uid) > 12 and not uid.startswith(STANDARD_UIDS)
        }
        copy = _read(made[1])
        wrong += [(path.name, uid) for uid in uids if uid.encode() in made[0]]
        wrong += [(path.name, str(one.tag)) for one in _elements(copy) if one.tag.group % 2]
    assert wrong == []


@pytest.mark.parametrize("choices", OPTIONS)
def test_no_stored_pixel_changes(choices: Choices, files: list[Path]) -> None:
    compared = 0
    for path in files:
        made = _copies(path, choices)
        if made is None:
            continue
        original, copy = _read(path.read_bytes()), _read(made[1])
        for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
            if keyword in original and original.get_item(keyword).value:
                before = bytes(original.get_item(keyword).value)
                after = bytes(copy.get_item(keyword).value)
                # Behind the last pixel nothing is taken along.
                assert before[: len(after)] == after, path.name
                assert len(after) >= len(before) or "padded" in path.name, path.name
                compared += 1
    assert compared > 50


def test_a_copy_is_the_same_under_the_same_key(files: list[Path]) -> None:
    for path in files[:20]:
        made = _copies(path, OPTIONS[0])
        if made is not None:
            _copies.cache_clear()
            assert _copies(path, OPTIONS[0]) == made


@pytest.mark.skipif(CHECKER is None, reason="needs dciodvfy (Debian: dicom3tools), which is not installed")
@pytest.mark.parametrize("choices", OPTIONS)
def test_a_checker_of_others_finds_nothing_missing_that_was_there(
    choices: Choices, files: list[Path], tmp_path: Path
) -> None:
    found = set()
    for path in files:
        made = _copies(path, choices)
        if made is None:
            continue
        copy = tmp_path / "copy.dcm"
        copy.write_bytes(made[1])
        for line in _errors(copy) - _errors(path):
            if "for Type" in line and not KNOWN_FINDINGS.search(line):
                found.add((path.name, line))
    assert found == set()


def _errors(path: Path) -> frozenset[str]:
    done = subprocess.run(
        [str(CHECKER), "-new", str(path)],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=900,
        check=False,
    )
    return frozenset(line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error"))


def test_the_tables_are_those_of_the_edition_that_they_name() -> None:
    """Counts of PS3.15 2026c: a table cut short would keep what it should remove."""
    rows_of = {
        name: len(json.loads((tables.FOLDER / f"{name}.json").read_text())["rows"])
        for name in ("profile", "content_items", "safe_private")
    }
    assert tables.edition() == "DICOM PS3.15 2026c"
    assert rows_of == {"profile": 656, "content_items": 214, "safe_private": 479}
    name = tables.row_of(0x00100010)
    assert name is not None
    assert name.basic == "Z"
    assert tables.row_of(0x60023000) == tables.row_of(0x60003000) is not None
    assert tables.row_of(0x50AA1234) is not None
