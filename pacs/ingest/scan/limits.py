"""How much of anything one file may hold before it is refused (promise P7)."""

from __future__ import annotations

DEEPEST_NESTING = 64  # sequences within sequences; real objects stay below 10
MOST_ELEMENTS = 200_000
MOST_FRAGMENTS = 2_000_000  # a whole slide has some 100,000 frames
MOST_INFLATED_BYTES = 512 << 20
MOST_INFLATED_RATIO = 200
ALWAYS_INFLATED_BYTES = 1 << 20  # a small blank image deflates better than the ratio allows, and harms nobody
MOST_FRAMES = (1 << 31) - 1  # what the catalogue's column holds
LONGEST_SCAN_S = 20.0
ELEMENTS_BETWEEN_CLOCK_READINGS = 1024
