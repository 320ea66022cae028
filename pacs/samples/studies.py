"""Every sample study, as batches of work that may be done in any order and process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydicom.uid import (
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    MRImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from pacs.samples.body_ct import BodyScan
from pacs.samples.brain.contrast import Contrast
from pacs.samples.cast import HIKARI, PAULA, VERA, ZOE
from pacs.samples.echocardiogram import Echocardiogram
from pacs.samples.head_mr import HeadScan
from pacs.samples.mammograms import Mammogram
from pacs.samples.objects import SampleFile, SampleSeries, SampleStudy
from pacs.samples.pydicom_files import NAMES, pydicom_file
from pacs.samples.radiographs import ChestView
from pacs.samples.torso.tissues import NODULE_BEFORE, NODULE_NOW

FILES_PER_BATCH = 8


@dataclass(frozen=True)
class Batch:
    """Some objects of one series: make(number) for each number."""

    make: Callable[[int], SampleFile]
    numbers: range

    def files(self) -> list[SampleFile]:
        """Make them."""
        return [self.make(number) for number in self.numbers]


CT_NOW = SampleStudy(
    "ct now", PAULA, "20260914", "101512", "CT chest and abdomen with contrast", "LB26091401"
)
CT_BEFORE = SampleStudy(
    "ct before", PAULA, "20260112", "143027", "CT chest and abdomen with contrast", "LB26011203"
)

BODY_SCANS = (
    BodyScan(
        SampleSeries(CT_NOW, 2, "CT", CTImageStorage, "Chest abdomen venous 2.0 STANDARD", "CHEST", "CT"),
        nodule=NODULE_NOW,
        top_z_mm=206,
        slices=220,
        spacing_mm=2,
        thickness_mm=2,
        pixel_mm=0.75,
        centre_y_mm=0,
        noise_hu=11,
    ),
    BodyScan(
        SampleSeries(CT_BEFORE, 2, "CT", CTImageStorage, "Chest abdomen venous 5.0 STANDARD", "CHEST", "CT"),
        nodule=NODULE_BEFORE,
        top_z_mm=204,
        slices=88,
        spacing_mm=5,
        thickness_mm=5,
        pixel_mm=0.78125,
        centre_y_mm=4,
        noise_hu=8,
    ),
)

DX = SampleStudy("dx", PAULA, "20260910", "093405", "XR chest PA and lateral", "LB26091017")
CHEST_VIEWS = (
    ChestView(
        SampleSeries(DX, 1, "DX", DigitalXRayImageStorageForPresentation, "Chest PA", "CHEST", "DX"),
        nodule=NODULE_NOW,
        is_frontal=True,
        rows=3000,
        columns=2560,
        pixel_mm=0.14,
        top_z_mm=232,
        left_mm=-179.2,
        bits_stored=12,
        photometric="MONOCHROME2",
    ),
    ChestView(
        SampleSeries(DX, 2, "DX", DigitalXRayImageStorageForPresentation, "Chest lateral", "CHEST", "DX"),
        nodule=NODULE_NOW,
        is_frontal=False,
        rows=3000,
        columns=2560,
        pixel_mm=0.14,
        top_z_mm=232,
        left_mm=-190,
        bits_stored=14,
        photometric="MONOCHROME1",
    ),
)

MR = SampleStudy("mr", HIKARI, "20260602", "160218", "MR brain without contrast", "LB26060208")


def _head_series(number: int, description: str) -> SampleSeries:
    return SampleSeries(MR, number, "MR", MRImageStorage, description, "BRAIN", "MR")


HEAD_SCANS = (
    HeadScan(
        _head_series(2, "Sag T1 SE"),
        Contrast(tr_ms=550, te_ms=10),
        plane="sagittal",
        slices=25,
        spacing_mm=5.5,
        thickness_mm=5,
        side=320,
        pixel_mm=0.75,
        middle=(0, -4, -20),
        full_scale=0.8,
        window=(1050, 1700),
    ),
    HeadScan(
        _head_series(3, "Ax T2 TSE"),
        Contrast(tr_ms=4500, te_ms=95),
        plane="axial",
        slices=28,
        spacing_mm=5,
        thickness_mm=4.5,
        side=384,
        pixel_mm=0.6,
        middle=(0, 2, 12),
        full_scale=0.8,
        window=(1250, 2300),
    ),
    HeadScan(
        _head_series(4, "Ax T1 SE"),
        Contrast(tr_ms=550, te_ms=10),
        plane="axial",
        slices=28,
        spacing_mm=5,
        thickness_mm=4.5,
        side=320,
        pixel_mm=0.72,
        middle=(0, 2, 12),
        full_scale=0.8,
        window=(1050, 1700),
    ),
    HeadScan(
        _head_series(5, "Cor FLAIR"),
        Contrast(tr_ms=9000, te_ms=110, ti_ms=2500),
        plane="coronal",
        slices=30,
        spacing_mm=6,
        thickness_mm=5,
        side=320,
        pixel_mm=0.75,
        middle=(0, 4, -2),
        full_scale=0.5,
        window=(1000, 1900),
    ),
)

MG = SampleStudy("mg", VERA, "20260421", "083044", "MG screening, both breasts", "LB26042105")


def _breast_series(number: int, side: Literal["L", "R"], view: Literal["CC", "MLO"]) -> SampleSeries:
    sop_class = DigitalMammographyXRayImageStorageForPresentation
    return SampleSeries(MG, number, "MG", sop_class, f"{side} {view}", "BREAST", "MG")


MAMMOGRAMS = (
    Mammogram(_breast_series(1, "R", "CC"), "R", "CC"),
    Mammogram(_breast_series(2, "L", "CC"), "L", "CC"),
    Mammogram(_breast_series(3, "R", "MLO"), "R", "MLO"),
    Mammogram(_breast_series(4, "L", "MLO"), "L", "MLO"),
)

US = SampleStudy("us", ZOE, "20260727", "112251", "Transthoracic echocardiogram", "LB26072711")
ECHO = Echocardiogram(
    SampleSeries(US, 1, "US", UltrasoundMultiFrameImageStorage, "Apical four chamber, colour", "HEART", "US")
)


def all_batches() -> Iterator[Batch]:
    """All work, the telling first; what takes longest neither first, for nothing would seem to happen, nor last."""
    now, before = BODY_SCANS
    yield from _shared_out(now.file, now.slices)
    for single in (*CHEST_VIEWS, ECHO, *MAMMOGRAMS):
        yield Batch(single.file, range(1, 2))
    for stack in (before, *HEAD_SCANS):
        yield from _shared_out(stack.file, stack.slices)
    yield from _shared_out(pydicom_file, len(NAMES))


def _shared_out(make: Callable[[int], SampleFile], count: int) -> Iterator[Batch]:
    for first in range(1, count + 1, FILES_PER_BATCH):
        yield Batch(make, range(first, min(first + FILES_PER_BATCH, count + 1)))
