"""The viewer digest of a study: all that is needed to draw the first picture and to lay out the series, in one answer.

It is made of catalogue rows alone; no file is opened. Lists instead of objects for instances keep a study of
a thousand slices below 60 kB gzipped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pacs.access.permit import instances_within, sees_a_part, series_within
from pacs.catalog.names import name_groups
from pacs.catalog.pixel_source import Layout
from viewer.rendering.cache import ByteCache
from viewer.rendering.display_order import NOT_SHOWN, in_display_order
from viewer.rendering.formats import format_of, frame_rate_of, frame_times_of
from viewer.rendering.hung import hanging_of
from viewer.rendering.kinds import Kind, kind_of
from viewer.rendering.places import places_of
from viewer.rendering.representative import known_choice

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.access.actors import Actor
    from pacs.catalog.models import Instance, Series, Study

LAST = 1 << 62
READ = (Kind.REPORT, Kind.PDF)  # what is read rather than looked at
# Windows differ from slice to slice of one series without making it another kind of image; the first slice's
# stand for all until a tile tells its own. What else a viewer prints of a slice (which side is which, how long a
# centimetre is, what was lost) must be that slice's own.
OF_THE_SLICE = ("windows",)
TOLD_BYTES = 16 << 20
BYTES_OF_AN_IMAGE = 600  # a list of seven with a UID
# Direction cosines of one plane wander in their last digits; beyond these they turn no letter.
COSINE_DIGITS = 3
_told_before: ByteCache[tuple[Any, ...], Mapping[str, Any]] = ByteCache(
    TOLD_BYTES, lambda images: BYTES_OF_AN_IMAGE * (1 + len(images["instances"]))
)


def build_digest(study: Study, actor: Actor) -> dict[str, Any]:
    """The digest of a study that is open to the actor: of all that is open to them. It comes with its patient."""
    series = sorted(series_within(actor, study), key=_series_order)
    told = [_series_digest(one, _images(one, study, actor)) for one in series]
    return {
        "study": _study_digest(study) | {"modalities": _modalities(study, series, actor)},
        "first": _first(series, told),
        "hanging": hanging_of(told),
        "series": told,
    }


def _series_order(series: Series) -> tuple[int, str]:
    return (LAST if series.series_number is None else series.series_number, series.series_instance_uid)


def _modalities(study: Study, series: Sequence[Series], actor: Actor) -> list[str]:
    if sees_a_part(actor):
        return sorted({one.modality for one in series if one.modality})
    return [modality for modality in study.modalities_in_study.split("\\") if modality]


def _rows_of(instances: QuerySet[Instance, Any]) -> list[Instance]:
    rows = instances.only(
        "series_id",
        "sop_instance_uid",
        "sop_class_uid",
        "instance_number",
        "number_of_frames",
        "rows",
        "columns",
        "bits_allocated",
        "transfer_syntax_uid",
        "pixel_layout",
        "position_mm",
        "display",
    )
    return in_display_order(rows)


def _study_digest(study: Study) -> dict[str, Any]:
    patient = study.patient
    return {
        "uid": study.study_instance_uid,
        "description": study.study_description,
        "date": study.study_date.isoformat() if study.study_date else None,
        "time": study.study_time.strftime("%H:%M:%S") if study.study_time else None,
        "accession_number": study.accession_number,
        "patient": {
            "name": name_groups(patient.name),
            "id": patient.patient_id,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "sex": patient.sex,
            "age": study.patient_age,
        },
        "referring_physician": name_groups(study.referring_physician_name)["alphabetic"],
        "institution": study.institution_name,
    }


def _series_digest(series: Series, images: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uid": series.series_instance_uid,
        "number": series.series_number,
        "description": series.series_description,
        "modality": series.modality,
        "body_part": series.body_part_examined,
        "laterality": series.laterality,
        "frame_of_reference": series.frame_of_reference_uid,
        **images,
    }


def _images(series: Series, study: Study, actor: Actor) -> Mapping[str, Any]:
    """What the digest tells of a series' images: remembered, for it is read from a row for each of them.

    It is another when anything arrived in the study. What is open only in part is looked at anew.
    """
    if sees_a_part(actor):
        return _images_told(series, _rows_of(instances_within(actor, series)))
    key = (series.pk, series.series_instance_uid, series.modality, series.number_of_instances, study.arrival)
    return _told_before.get_or_make(
        key, lambda: _images_told(series, _rows_of(instances_within(actor, series)))
    )


def _images_told(series: Series, instances: Sequence[Instance]) -> dict[str, Any]:
    shown = [instance for instance in instances if can_be_shown(instance)]
    formats, places = _formats(shown, series.modality)
    documents = [[one.sop_instance_uid, kind] for one in instances if (kind := kind_of(one)) in READ]
    return {
        "thumbnail": _thumbnail_of(series, instances) if shown else None,
        "cannot_show": None if shown or documents else _why_not(instances),
        "documents": documents,
        "positions": places_of(shown),
        "formats": formats,
        "instances": [
            [
                row.sop_instance_uid,
                row.number_of_frames,
                place,
                _rounded(row.position_mm),
                row.instance_number,
                frame_rate_of(row.display) if row.number_of_frames > 1 else None,
                frame_times_of(row.display, row.number_of_frames),
            ]
            for row, place in zip(shown, places, strict=True)
        ],
    }


def thumbnail_url(series: Series) -> str:
    """Where the series's thumbnail is; another address when it has changed."""
    return f"/view/series/{series.series_instance_uid}/thumbnail?v={series.arrival}"


def _thumbnail_of(series: Series, instances: Sequence[Instance]) -> str:
    """The series's, which may be of any of its images; where only some are open, that of the middle one of these."""
    if len(instances) == series.number_of_instances:
        return thumbnail_url(series)
    middle = [one for one in instances if can_be_shown(one)]
    uid = middle[len(middle) // 2].sop_instance_uid
    return f"/view/instances/{uid}/frames/1/tiles/0/0/0.jpg?size=256"


def can_be_shown(instance: Instance) -> bool:
    """Whether the catalogue knows of pixels that are no video. Decoding may still fail: that is told by the picture."""
    return instance.number_of_frames > 0 and instance.pixel_layout not in NOT_SHOWN


def _why_not(instances: Sequence[Instance]) -> str:
    return "video" if any(instance.pixel_layout == Layout.VIDEO for instance in instances) else "no_pixels"


def _formats(instances: Sequence[Instance], modality: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The kinds of images, and for each instance which one it is."""
    formats: list[dict[str, Any]] = []
    known: dict[str, int] = {}
    places = []
    for instance in instances:
        kind = format_of({**instance.display, **_of_the_file(instance)}, modality)
        key = json.dumps(_what_makes_it_one(kind))
        if key not in known:
            known[key] = len(formats)
            formats.append(kind)
        places.append(known[key])
    return formats, places


def _of_the_file(instance: Instance) -> dict[str, Any]:
    """What the catalogue knows from the file itself rather than from what its header says to a viewer."""
    return {
        "Rows": instance.rows,
        "Columns": instance.columns,
        "BitsAllocated": instance.bits_allocated,
        "TransferSyntaxUID": instance.transfer_syntax_uid,
    }


def _what_makes_it_one(kind: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: value for name, value in kind.items() if name not in OF_THE_SLICE}
    if kind["orientation"]:
        same["orientation"] = [round(cosine, COSINE_DIGITS) + 0.0 for cosine in kind["orientation"]]
    return same


def _rounded(position_mm: float | None) -> float | None:
    return None if position_mm is None else round(position_mm, 3)


def _first(series: Sequence[Series], told: Sequence[dict[str, Any]]) -> dict[str, int] | None:
    """What to show first: of the series with the most frames, the frame that tells most, or else the middle."""
    frames = [sum(instance[1] for instance in one["instances"]) for one in told]
    if not any(frames):
        return None
    place = frames.index(max(frames))
    instances = told[place]["instances"]
    choice = known_choice(series[place])
    uids = [instance[0] for instance in instances]
    if choice is not None and choice.sop_instance_uid in uids:
        return {
            "series": place,
            "instance": uids.index(choice.sop_instance_uid),
            "frame": choice.frame_index + 1,
        }
    middle = len(instances) // 2
    return {"series": place, "instance": middle, "frame": max(1, (instances[middle][1] + 1) // 2)}
