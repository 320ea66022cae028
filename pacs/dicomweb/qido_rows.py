"""The results of a search as data sets: from rows, and from the kept headers where there is no column for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacs.catalog.attributes import BY_KEYWORD, Attribute, Path, path_of
from pacs.catalog.found import ROWS_AT_ONCE, Found, Page
from pacs.catalog.headers import JsonDataset
from pacs.catalog.levels import Level, level_of_tag
from pacs.catalog.made_for_answers import patient_counts, sop_classes_of
from pacs.catalog.requests import SEQUENCE, requests_told
from pacs.dicomweb.bulkdata_uris import addressed
from pacs.dicomweb.dicom_json import attributes_of, row_value, to_json_row
from pacs.dicomweb.qido_query import Asked

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pacs.catalog.models import Study

# A row of each level tells where it can be retrieved from (PS3.18 10.4.1.1.1).
_RETRIEVED_BY = (
    ("studies", "StudyInstanceUID"),
    ("series", "SeriesInstanceUID"),
    ("instances", "SOPInstanceUID"),
)
MADE = ("SOPClassesInStudy",)
COUNTED = ("NumberOfPatientRelatedStudies", "NumberOfPatientRelatedSeries", "NumberOfPatientRelatedInstances")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What of each row is told, and where it is retrieved from."""

    level: Level
    asked: Asked
    columns: tuple[Attribute, ...]
    base: str
    tells_series: bool  # whether what every series tells is told of each row
    studies: QuerySet[Study]  # those that are open to the actor

    @property
    def table(self) -> list[Path]:
        """The columns of a table: what is told of every row."""
        own = [(attribute.tag,) for attribute in self.columns]
        others = [
            path for name in (*self.asked.keys, *self.asked.included) if (path := path_of(name)) not in own
        ]
        return list(dict.fromkeys([*own, *others]))

    def asks_for(self, *keywords: str) -> bool:
        """Whether one of these is to be told."""
        is_of_all = self.asked.include_all and self.level is Level.STUDY
        return is_of_all or any(name in keywords for name in (*self.asked.keys, *self.asked.included))


def telling(level: Level, above: Level, asked: Asked, base: str, studies: QuerySet[Study]) -> Telling:
    """What is told of the rows of a level; `above` is the first level that the address leaves open."""
    columns = attributes_of(level, above, [*asked.keys, *asked.included_keywords])
    tells_series = above <= Level.SERIES <= level
    return Telling(
        level=level, asked=asked, columns=columns, base=base, tells_series=tells_series, studies=studies
    )


def results(found: Found, page: Page, told: Telling) -> Iterator[list[JsonDataset]]:
    """The results of the page in its order, a few at a time."""
    for begin in range(0, len(page.pks), ROWS_AT_ONCE):
        pks = page.pks[begin : begin + ROWS_AT_ONCE]
        rows = page.rows if page.rows is not None else found.rows_of(pks)
        headers = found.headers_of(pks, page.witnesses) if reads_headers(found, told) else {}
        made = _made(rows, told)
        yield [_to_result(row, told, found, headers.get(row.pk, {}), made.get(row.pk, {})) for row in rows]


def reads_headers(found: Found, told: Telling) -> bool:
    """Whether telling takes more than the rows."""
    return told.asked.include_all or found.headers.is_telling


def _to_result(row: Any, told: Telling, found: Found, header: JsonDataset, made: JsonDataset) -> JsonDataset:
    named = _RETRIEVED_BY[: told.level + 1]
    uids = [(folder, row_value(row, BY_KEYWORD[keyword], told.level)) for folder, keyword in named]
    url = "/".join([told.base, *(f"{folder}/{uid}" for folder, uid in uids)])
    result = to_json_row(row, told.level, told.columns, url)
    if not header and not made and not found.headers.is_telling:
        return result
    header = addressed(header, url if told.level is Level.INSTANCE else "")
    whole = _of_level(header, told.level) if told.asked.include_all else {}
    picked = found.headers.pick(header) if found.headers.is_telling else {}
    # Large values have addresses of their own: of an instance, not of what it speaks for.
    of_header = addressed({**whole, **picked}, url if told.level is Level.INSTANCE else "")
    return dict(sorted({**made, **of_header, **result}.items()))


def _of_level(header: JsonDataset, level: Level) -> JsonDataset:
    """All of an instance's header; of a study's or series' what is known to be true of all of it."""
    if level is Level.INSTANCE:
        return header
    return {
        tag: element
        for tag, element in header.items()
        if level_of_tag(tag) <= level and int(tag[:4], 16) % 2 == 0
    }


def _made(rows: list[Any], told: Telling) -> Mapping[int, JsonDataset]:
    """What is not in the row itself, by row: its requests, and attributes of the query models alone (PS3.4 C.3.4)."""
    requests = requests_told(_series_of(row, told.level) for row in rows) if told.tells_series else {}
    made: dict[int, JsonDataset] = {row.pk: _requests(row, told.level, requests) for row in rows}
    if not told.asks_for(*MADE, *COUNTED):
        return made
    study_of = {row.pk: _study_of(row, told.level) for row in rows}
    if told.asks_for(*MADE):
        classes = sop_classes_of({study.pk for study in study_of.values()})
        for pk, study in study_of.items():
            made[pk] |= _element("SOPClassesInStudy", "UI", classes.get(study.pk, []))
    if told.asks_for(*COUNTED):
        counts = patient_counts(told.studies, {study.patient_id for study in study_of.values()})
        for pk, study in study_of.items():
            for keyword, count in zip(COUNTED, counts.get(study.patient_id, ()), strict=False):
                made[pk] |= _element(keyword, "IS", [count])
    return made


def _requests(row: Any, level: Level, requests: Mapping[int, list[JsonDataset]]) -> JsonDataset:
    items = requests.get(_series_of(row, level), []) if level is not Level.STUDY else []
    return {SEQUENCE: {"vr": "SQ", "Value": items}} if items else {}


def _series_of(row: Any, level: Level) -> int:
    return int(row.pk if level is Level.SERIES else row.series_id)


def _study_of(row: Any, level: Level) -> Any:
    if level is Level.STUDY:
        return row
    return row.study if level is Level.SERIES else row.series.study


def _element(keyword: str, vr: str, values: list[Any]) -> JsonDataset:
    (tag,) = path_of(keyword)
    return {tag: {"vr": vr, "Value": values} if values else {"vr": vr}}
