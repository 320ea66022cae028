"""Processes that make the samples side by side. This module must not import numpy: they set its threads first."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacs.samples.objects import SampleFile
    from pacs.samples.studies import Batch

BATCHES_AHEAD = 2  # for each process: bounds the memory that finished work takes


def made_by_processes(batches: Iterable[Batch], processes: int) -> Iterator[SampleFile]:
    """The files of the batches, in their order."""
    context = get_context("spawn")  # a fork would take the parent's database and sandbox along
    with ProcessPoolExecutor(processes, context, initializer=_use_one_thread) as executor:
        under_way: deque[Future[list[SampleFile]]] = deque()
        try:
            for batch in batches:
                under_way.append(executor.submit(batch.files))
                if len(under_way) > processes * BATCHES_AHEAD:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


def _use_one_thread() -> None:
    """One thread of linear algebra in each process: more would only wait for each other."""
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
