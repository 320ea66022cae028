"""How something came: the staged file and its Origin. One named constructor per way in; after it all ways are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pacs.access.actors import Actor, system_actor
from pacs.storage.staging import Staged
from pacs.uids import Uid

OriginKind = Literal["import", "upload", "stow", "sample", "reindex", "bin", "link", "copy"]


@dataclass(frozen=True)
class Origin:
    """By which door, and by whom."""

    kind: OriginKind
    actor: Actor
    house: int | None = (
        None  # the institution for which it was asked for; None: by who brings it (ingest.whose)
    )


@dataclass(frozen=True)
class Arrival:
    """One object on its way in. The pipeline takes the staged file over: it is kept, set aside or removed."""

    staged: Staged
    origin: Origin
    addressed_study: Uid | None = None  # STOW-RS to one study: objects of others are refused

    @property
    def is_kept_by_the_bin(self) -> bool:
        """Whether a refusal leaves the bytes where they were before: in the bin."""
        return self.origin.kind == "bin"


def arrival_from_import(staged: Staged) -> Arrival:
    """By `manage.py import_dicom`."""
    return Arrival(staged, Origin("import", system_actor("import_dicom")))


def arrival_from_upload(staged: Staged, *, actor: Actor) -> Arrival:
    """By a person's browser."""
    return Arrival(staged, Origin("upload", actor))


def arrival_from_stow(staged: Staged, *, actor: Actor, addressed_study: Uid | None = None) -> Arrival:
    """By STOW-RS (PS3.18 10.5), to any study or to the one addressed."""
    return Arrival(staged, Origin("stow", actor), addressed_study)


def arrival_from_sample(staged: Staged) -> Arrival:
    """By `manage.py load_samples`."""
    return Arrival(staged, Origin("sample", system_actor("load_samples")))


def arrival_from_store(staged: Staged) -> Arrival:
    """A blob found without a row: it came before, and is catalogued now (promises P1, P5)."""
    return Arrival(staged, Origin("reindex", system_actor("reindex")))


def arrival_from_link(staged: Staged, *, actor: Actor, house: int | None = None) -> Arrival:
    """What the guest of an upload link sent: looked at for the guest, taken in for who says whose it is."""
    return Arrival(staged, Origin("link", actor, house))


def arrival_from_bin(staged: Staged, *, actor: Actor) -> Arrival:
    """A deleted object that somebody wants back."""
    return Arrival(staged, Origin("bin", actor))


def arrival_from_copy(staged: Staged, *, actor: Actor) -> Arrival:
    """A copy without names that a link of theirs will show (pacs.nameless): of no institution, marked as what it is."""
    return Arrival(staged, Origin("copy", actor))
