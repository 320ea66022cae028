"""Who acts: a person, the guest of a link, the system itself, or nobody — never None."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from pacs.access.models import ApiKey, Extent, GuestLink, Scope, User
from pacs.access.reach import FULL_REACH, NO_REACH, Reach, reach_of

Sitting: TypeAlias = "tuple[int | None, str | None, int | None]"


@dataclass(frozen=True)
class Guest:
    """What the link that somebody came by lets them do, and in whose name."""

    link: int  # its number
    purpose: str  # models.Purpose
    extent: str  # models.Extent
    may_download: bool
    is_deidentified: bool
    sender: Actor  # a link never opens more than is open to whoever made it

    @property
    def sees_a_part(self) -> bool:
        """Whether less is shown than the whole study."""
        return self.extent != Extent.STUDY

    @property
    def sees_single_images(self) -> bool:
        """Whether less is shown than whole series."""
        return self.extent == Extent.INSTANCES


@dataclass(frozen=True)
class Actor:
    """One who acts, as known at the beginning of the request; cheap to keep and to compare."""

    kind: Literal["person", "link", "system", "nobody"]
    user_id: int | None
    role: str | None
    label: str  # the account's name, for the trail; never a patient's
    session_key: str | None = field(default=None, repr=False)  # a secret: it must not reach a log line
    api_key: int | None = None  # which of their keys, by its number
    guest: Guest | None = None  # of kind "link" only
    reach: Reach = NO_REACH
    scopes: frozenset[str] | None = (
        None  # what a key is good for (models.Scope); None: all that its account may do
    )

    @property
    def reads(self) -> bool:
        """Whether anything can be open to them: to a key that only stores nothing is."""
        return self.scopes is None or Scope.READ in self.scopes

    @property
    def sitting(self) -> Sitting:
        """What is written down once is written down once of this: two keys of one account are two clients."""
        return self.user_id, self.session_key, self.api_key


NOBODY = Actor("nobody", None, None, "")


def system_actor(name: str) -> Actor:
    """Lightbox itself, at work as `name`: a command or a task that no person asked for over a door."""
    return Actor("system", None, None, name, reach=FULL_REACH)


def actor_for_user(user: User, session_key: str | None = None, api_key: int | None = None) -> Actor:
    """The person behind an account; nobody when the account is closed."""
    if not user.is_active:
        return NOBODY
    return Actor("person", user.pk, user.role, user.username, session_key, api_key, reach=reach_of(user))


def actor_for_key(key: ApiKey) -> Actor:
    """A program that shows a key of an account, within what the key is good for."""
    person = actor_for_user(key.user, api_key=key.pk)
    if person.kind == "nobody":
        return NOBODY
    return replace(person, scopes=frozenset(key.scopes.split()) or None)


def actor_for_link(link: GuestLink, session_key: str | None = None) -> Actor:
    """The guest of a link, which comes with its maker; nobody when that account is closed."""
    sender = actor_for_user(link.made_by)
    if sender.kind == "nobody":
        return NOBODY
    # The copy that a link without names shows is of nothing but what was shared: its guests see the whole of it.
    extent = Extent.STUDY if link.is_deidentified else link.extent
    guest = Guest(link.pk, link.purpose, extent, link.may_download, link.is_deidentified, sender)
    return Actor("link", None, None, str(link), session_key, guest=guest)
