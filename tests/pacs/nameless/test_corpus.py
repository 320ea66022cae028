"""Real files: whatever can be de-identified is taken in as a copy, and its pixels are as many as before."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import pytest

from pacs.access.models import LinkCopy
from pacs.access.permit import visible_studies
from pacs.catalog.models import NOBODYS, Instance, Study
from pacs.errors import BadRequest
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.storage.staging import stage_bytes
from tests import people
from tests.pacs.deidentify.test_corpus import files as files  # a fixture
from tests.pacs.nameless.sharing import copies, nameless_link

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def pixels_of(institution: int) -> Counter[tuple[str, int, int, int, int]]:
    """Of all objects that can have a copy, their kind and how they are laid out."""
    rows = Instance.objects.filter(series__study__institution_id=institution).exclude(number_of_frames=0)
    return Counter(rows.values_list("sop_class_uid", "number_of_frames", "rows", "columns", "bits_allocated"))


def test_every_real_image_is_copied(files: list[Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in files:
            ingest(arrival_from_import(stage_bytes(path.read_bytes())))
        documents = 0
        for study in Study.objects.exclude(institution_id=NOBODYS):
            try:
                nameless_link(study.study_instance_uid)
            except BadRequest:
                documents += 1  # documents and raw data alone
    made = LinkCopy.objects.all()
    assert {one.state for one in made} == {"ready"}
    assert (made.count() > 50, documents < 10, sum(one.left_out for one in made)) == (True, True, 0)
    originals, copied = pixels_of(0), pixels_of(NOBODYS)
    assert originals - copied == Counter()
    assert copies() == made.count()
    assert visible_studies(people.actor(people.ada())).filter(institution_id=NOBODYS).count() == 0
