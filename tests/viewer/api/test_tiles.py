"""What is known by heart of the tiles that are asked for again and again."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests import builders, people
from tests.viewer.client import ask
from tests.viewer.kept import keep
from viewer.api import door, tiles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


@pytest.mark.parametrize(
    ("beside", "is_known"), [("", True), ("&beside=" + "a" * tiles.LONGEST_QUESTION, False)]
)
def test_questions_are_known_by_heart_unless_they_could_fill_the_memory(beside: str, is_known: bool) -> None:
    (instance,) = keep(builders.image(np.zeros((16, 16), "<u2")))
    path = f"/view/instances/{instance.sop_instance_uid}/frames/1/tiles/0/0/0.jpg?window=40,400{beside}"
    key = f"Bearer {people.key_of(people.alice())}"
    known = tiles._asked.cache_info().currsize
    first, again = (asyncio.run(ask(door.app, path, authorization=key)) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert first.headers["etag"] == again.headers["etag"]
    assert tiles._asked.cache_info().currsize - known == int(is_known)
