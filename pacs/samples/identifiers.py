"""UIDs of the samples: the same on every machine and every day, so that loading them again changes nothing."""

from __future__ import annotations

import uuid

from pacs.uids import Uid

SAMPLES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:lightbox:samples:1")


def sample_uid(*names: str | int) -> Uid:
    """The UID that these names always have, under the root for UUIDs (PS3.5 B.2)."""
    return Uid(f"2.25.{uuid.uuid5(SAMPLES, '/'.join(map(str, names))).int}")


def sample_seed(*names: str | int) -> int:
    """A seed for numpy's generators that these names always have."""
    return uuid.uuid5(SAMPLES, "seed/" + "/".join(map(str, names))).int & 0xFFFFFFFF
