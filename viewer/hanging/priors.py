"""Which earlier study to compare with first: by body part, then modality, then date. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# What holds no image to lay beside another.
WITHOUT_IMAGES = frozenset({"SR", "PR", "KO", "DOC", "SEG", "RTSTRUCT", "RTPLAN", "REG", "AU", "ECG", "PLAN"})
# Body Part Examined has many terms for one region (PS3.16 Annex L) and is often empty: words of a title stand in.
REGIONS = {
    "head": ("HEAD", "BRAIN", "SKULL", "HEADNECK", "CRANIUM", "SELLA", "IAC", "SINUS", "ORBIT", "FACE"),
    "neck": ("NECK", "HEADNECK", "CAROTID", "THYROID"),
    "chest": ("CHEST", "THORAX", "LUNG", "LUNGS", "CHESTABDOMEN", "CHESTABDPELVIS", "RIB", "TSPINE"),
    "heart": ("HEART", "CARDIAC", "CORONARY", "ECHOCARDIOGRAM", "AORTA"),
    "breast": ("BREAST", "BREASTS", "MAMMO", "MAMMOGRAM", "MAMMOGRAPHY"),
    "abdomen": ("ABDOMEN", "ABDOMENPELVIS", "CHESTABDOMEN", "CHESTABDPELVIS", "LIVER", "KIDNEY", "PANCREAS"),
    "pelvis": ("PELVIS", "ABDOMENPELVIS", "CHESTABDPELVIS", "PROSTATE", "UTERUS", "BLADDER", "HIP", "HIPS"),
    "spine": ("SPINE", "CSPINE", "TSPINE", "LSPINE", "CERVICAL", "LUMBAR", "SACRUM"),
    "knee": ("KNEE", "PATELLA"),
    "shoulder": ("SHOULDER", "CLAVICLE", "SCAPULA"),
    "hand": ("HAND", "WRIST", "FINGER", "THUMB"),
    "foot": ("FOOT", "ANKLE", "TOE", "CALCANEUS"),
    "leg": ("LEG", "FEMUR", "THIGH", "TIBIA", "FIBULA", "CALF"),
    "arm": ("ARM", "HUMERUS", "ELBOW", "FOREARM", "RADIUS", "ULNA"),
}
_WORD = re.compile(r"[A-Z]+")
_UNDATED = date.min


@dataclass(frozen=True)
class Described:
    """What is known of a study without looking at its images."""

    uid: str
    study_date: date | None
    modalities: frozenset[str]
    regions: frozenset[str]


@dataclass(frozen=True)
class Prior:
    """A study that may be laid beside another, and what the two have in common."""

    uid: str
    same_body_part: bool
    same_modality: bool


def regions_of(body_parts: Iterable[str], description: str) -> frozenset[str]:
    """Regions of the body, by what the series say, or where none says anything by words of the description."""
    told = [part for part in body_parts if part] or [description]
    words = {word for text in told for word in _WORD.findall(text.upper())}
    known = frozenset(region for region, names in REGIONS.items() if words & set(names))
    return known or frozenset(part.upper() for part in body_parts if part)


def holds_images(modalities: Iterable[str]) -> bool:
    """Whether there may be anything to compare with."""
    return any(modality not in WITHOUT_IMAGES for modality in modalities)


def rank(now: Described, others: Sequence[Described]) -> list[Prior]:
    """The others that hold images, the best to compare with first.

    The same body part goes before the same modality, that before the date: earlier studies before later ones, and of
    each the nearest. Without a date a study comes last of its like.
    """
    ranked = []
    for other in others:
        if holds_images(other.modalities):
            prior = Prior(
                other.uid,
                same_body_part=bool(now.regions & other.regions),
                same_modality=bool((now.modalities & other.modalities) - WITHOUT_IMAGES),
            )
            ranked.append((_order(now, other, prior), prior))
    return [prior for _, prior in sorted(ranked, key=lambda one: one[0])]


def _order(now: Described, other: Described, prior: Prior) -> tuple[bool, bool, int, int, str]:
    here, there = now.study_date or _UNDATED, other.study_date
    days = (here - there).days if there is not None else 0
    when = 2 if there is None else int(days < 0)
    return (not prior.same_body_part, not prior.same_modality, when, abs(days), other.uid)
