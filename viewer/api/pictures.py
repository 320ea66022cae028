"""What the routes of a single frame share: who asks, which frame, and whether it is at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pacs.access.opened import is_noted, note_opened
from pacs.access.standing import actor_and_instance, remembered
from pacs.http.requests import DoorRequest
from viewer.api.answers import Answer, Large, Later
from viewer.rendering.frame_values import FrameAddress, FrameValues, frame_at_hand, frame_values

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.models import Instance

Finished = TypeVar("Finished", bound=Answer | Large)


def visible_instance(request: DoorRequest) -> Instance:
    """The instance of the path, if it is open to whoever asks; that its study is looked at is written down.

    A path that names study and series must name those of the instance. Raises NotSignedIn, NotFound.
    """
    return actor_with_instance(request)[1]


def actor_with_instance(request: DoorRequest) -> tuple[Actor, Instance]:
    """The same, and who asks."""
    uid = request.arguments["instance"]
    actor, visible = remembered(request.scope, uid) or actor_and_instance(request.scope, uid)
    request.require_named(study=visible.study_instance_uid, series=visible.series_instance_uid)
    note_opened(actor, visible.instance.series.study)
    return actor, visible.instance


def remembered_instance(request: DoorRequest) -> Instance | None:
    """The same where all of it was decided and written down before, on the event loop; else None."""
    known = remembered(request.scope, request.arguments["instance"])
    if known is None:
        return None
    actor, visible = known
    return visible.instance if is_noted(actor, visible.instance.series.study) else None


def with_frame(
    address: FrameAddress, then: Callable[[FrameValues], Finished]
) -> Finished | Later[FrameValues]:
    """The answer made of the frame: now if it is at hand, else once it was decoded aside."""
    frame = frame_at_hand(address)
    if frame is not None:
        return then(frame)
    return Later(address.key, lambda: frame_values(address), then)
