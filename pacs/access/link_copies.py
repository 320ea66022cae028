"""What a link without names shows in place of its study: whether it is there, and what its guests know it by.

What is shown is made and erased by pacs.nameless; to whom it is open the policy says.
"""

from __future__ import annotations

from pacs.access.models import GuestLink, LinkCopy
from pacs.errors import BadRequest

State = LinkCopy.State
ALIVE = (State.PREPARING, State.READY)


def copy_of_link(link: GuestLink) -> LinkCopy | None:
    """Its copy; None for a link that shows its study itself."""
    if not link.is_deidentified:
        return None
    found: LinkCopy | None = getattr(link, "copy", None)  # Django raises AttributeError where there is none
    return found


def shows_something(link: GuestLink) -> bool:
    """Whether there is something to be shown, now or when it is prepared."""
    if not link.is_deidentified:
        return True
    copy = copy_of_link(link)
    return copy is not None and (copy.state == State.PREPARING or _is_there(copy))


def _is_there(copy: LinkCopy) -> bool:
    return copy.state == State.READY and copy.copy_id is not None


def being_prepared(link: GuestLink) -> LinkCopy | None:
    """The copy that is still being made, with how far it is; None where nobody has to wait."""
    copy = copy_of_link(link)
    return copy if copy is not None and copy.state == State.PREPARING else None


def shown_uid(link: GuestLink) -> str | None:
    """The Study Instance UID by which its guests ask for what it shows; None for a link that shows nothing."""
    if not link.is_deidentified:
        return link.study.study_instance_uid if link.study is not None else None
    copy = copy_of_link(link)
    return copy.study_instance_uid if copy is not None and _is_there(copy) else None


def require_copy(link: GuestLink) -> None:
    """In the transaction that lets a link go on: what it shows is not erased meanwhile. Raises BadRequest."""
    if not link.is_deidentified:
        return
    held = LinkCopy.objects.select_for_update().filter(link=link, state__in=ALIVE)
    if not held.exists():
        raise BadRequest(parameter="id", reason="What this link showed is erased: make a new one.")
