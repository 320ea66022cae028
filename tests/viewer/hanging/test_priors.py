"""The order of priors: body part, then modality, then date."""

from __future__ import annotations

from datetime import date

import pytest

from viewer.hanging.priors import Described, rank, regions_of


def study(uid: str, day: str | None, modalities: str = "CT", regions: str = "chest") -> Described:
    taken = date.fromisoformat(day) if day else None
    return Described(uid, taken, frozenset(modalities.split()), frozenset(regions.split()))


NOW = study("now", "2026-09-14", "CT SR")


def order(*others: Described) -> list[str]:
    return [prior.uid for prior in rank(NOW, others)]


def test_the_body_part_goes_before_the_modality_and_that_before_the_date() -> None:
    assert order(
        study("other part, yesterday", "2026-09-13", regions="knee"),
        study("other modality, last week", "2026-09-07", "DX"),
        study("same, last year", "2025-09-14"),
        study("same, in spring", "2026-04-01"),
        study("nothing in common", "2026-09-13", "MR", "knee"),
    ) == [
        "same, in spring",
        "same, last year",
        "other modality, last week",
        "other part, yesterday",
        "nothing in common",
    ]


def test_earlier_goes_before_later_and_what_has_no_date_comes_last() -> None:
    assert order(
        study("undated", None),
        study("next day", "2026-09-15"),
        study("years ago", "2016-09-15"),
        study("same day", "2026-09-14"),
    ) == ["same day", "years ago", "next day", "undated"]


def test_it_says_what_the_two_have_in_common() -> None:
    same, film = rank(NOW, [study("ct", "2026-01-01"), study("dx", "2026-01-01", "DX")])
    assert (same.same_body_part, same.same_modality) == (True, True)
    assert (film.same_body_part, film.same_modality) == (True, False)


def test_what_holds_no_images_is_no_prior_and_a_report_makes_no_modality_the_same() -> None:
    assert order(study("report", "2026-01-01", "SR"), study("nothing", "2026-01-01", "")) == []
    (film,) = rank(NOW, [study("film with a report", "2026-01-01", "DX SR")])
    assert not film.same_modality


@pytest.mark.parametrize(
    ("body_parts", "description", "regions"),
    [
        ({"CHEST"}, "", {"chest"}),
        ({"BRAIN"}, "", {"head"}),
        ({"CHEST_ABDOMEN"}, "", {"chest", "abdomen"}),
        ({"", "THORAX"}, "CT Knee", {"chest"}),
        ({""}, "CT chest and abdomen with contrast", {"chest", "abdomen"}),
        (set(), "MG screening, both breasts", {"breast"}),
        ({"ZYX"}, "", {"ZYX"}),
        (set(), "Follow up", set()),
    ],
)
def test_regions_come_from_the_series_or_else_from_the_words(
    body_parts: set[str], description: str, regions: set[str]
) -> None:
    assert regions_of(body_parts, description) == regions
