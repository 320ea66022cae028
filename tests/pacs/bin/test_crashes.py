"""P1: whenever the process is killed, what was not erased is in the catalogue or in the bin, and nothing is in both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.pacs.bin.lives import COUNT, STEPS

ROOT = Path(__file__).resolve().parents[3]


def life(data: Path, command: str) -> str:
    environment = {**os.environ, "LIGHTBOX_DATA": str(data), "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "tests.pacs.bin.lives", command],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_p1_a_kill_between_any_two_steps_loses_nothing(tmp_path: Path) -> None:
    life(tmp_path, "prepare")
    found = json.loads(life(tmp_path, "all"))
    assert len(found) == len(STEPS)
    assert [one["step"] for one in found if not one["killed"]] == []
    for one in found:
        act = one["step"].partition(":")[0]
        assert one["both"] == 0, one
        assert one["manifests"] == one["entries"], one
        if act == "erase":
            # Not begun: it is in the bin still. Begun: the next start has ended it.
            assert (one["here"], one["on_disk"]) in ((0, 0), (0, COUNT)), one
            assert one["on_disk"] == one["binned"], one
        else:
            assert one["on_disk"] == COUNT, one
            assert one["here"] + one["binned"] == COUNT, one
            assert one["here"] in (0, COUNT), one
        if act == "restore":
            assert one["here"] == COUNT, one
        if act == "delete" and one["binned"]:
            assert one["restored"] == COUNT, one
    assert {one["here"] for one in found if one["step"].startswith("delete")} == {0, COUNT}
