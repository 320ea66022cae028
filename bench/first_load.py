"""What a phone loads before the first picture: JavaScript and CSS, as `npm run size` counts them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

from bench.bars import Figure, at_most
from bench.servers import ROOT

FIRST_LOAD = at_most("first load of the app to the first picture, JavaScript + CSS", "kB", 90, 60)
TOTAL = re.compile(r"(\d+)  first load")


def measure() -> Iterator[Figure]:
    """The budget of the app, from its last build."""
    told = subprocess.run(
        ["sh", "with-node", "node", "scripts/size.mjs"], cwd=ROOT / "frontend", capture_output=True, text=True
    )
    found = TOTAL.search(told.stdout)
    if found is None:
        yield FIRST_LOAD.none("the app is not built")
    else:
        yield FIRST_LOAD.figure(int(found.group(1)) / 1000, "the last build, gzip -9")
