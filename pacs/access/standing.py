"""Who stands before a door and which instance is open to them, at the price of one SELECT a request at most.

Every request reads one number, the access epoch, which database triggers raise whenever anything that
decides access changes (access.triggers). A decision made under that number is taken from memory as long
as the number is the same and the decision has not ended by itself: so a revocation holds at the next
request (promise P14), in every process, and a tile costs microseconds here instead of three queries.

These functions block, but for those that are remembered: call them in a thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from pacs.access.actors import NOBODY, Actor, actor_for_key, actor_for_link, actor_for_user
from pacs.access.api_keys import key_that_holds, note_refused_key, note_used_key
from pacs.access.credentials import Credential, credential_of_scope
from pacs.access.decisions import Decisions
from pacs.access.epoch import EPOCH_SQL, epoch_at_once
from pacs.access.forgery import refuse_forged_scope
from pacs.access.guests import GUEST_KEY
from pacs.access.held import Held, hold_on
from pacs.access.models import GuestLink, User
from pacs.access.permit import Act, may, one_visible_instance, refuse, require
from pacs.access.policy import holds
from pacs.access.ways import first_end
from pacs.catalog.models import Instance
from pacs.uids import is_uid

# The longest that a decision is believed whatever the epoch says: bounds the harm of a changed clock.
BELIEVED_S = 300.0
KEPT_ACTORS = 1024
KEPT_INSTANCES = 4096


@dataclass(frozen=True)
class VisibleInstance:
    """An instance that is open to the actor who asked.

    `instance` is its row, with series and study; its `display` is not loaded, since pixels do not need it
    and it would fill the memory.
    """

    instance: Instance
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str


_actors: Decisions[Credential, Actor] = Decisions(KEPT_ACTORS, BELIEVED_S)
_instances: Decisions[tuple[Actor, str], VisibleInstance] = Decisions(KEPT_INSTANCES, BELIEVED_S)


def actor_for_scope(scope: Mapping[str, Any]) -> Actor:
    """Who sends this ASGI request, or holds this websocket: ask again to know whether they still may."""
    return actor_for(credential_of_scope(scope))


def actor_for(credential: Credential) -> Actor:
    """Whose credential this is, now; NOBODY when it is unknown, ended or revoked."""
    if credential.kind == "none":
        return NOBODY
    return _actor(credential, read_epoch())


def visible_instance_for(actor: Actor, uid: str) -> VisibleInstance:
    """The instance, if it is open to the actor now. Raises as permit.access_instance."""
    return _instance(actor, uid, read_epoch())


def actor_and_instance(
    scope: Mapping[str, Any], uid: str, act: Act = Act.VIEW
) -> tuple[Actor, VisibleInstance]:
    """Both answers for one request, under one reading of the epoch.

    Raises as permit.access_instance; as permit.require for an act that is not everybody's who sees it.
    """
    epoch = read_epoch()
    credential = credential_of_scope(scope)
    actor = NOBODY if credential.kind == "none" else _actor(credential, epoch)
    if act is not Act.VIEW:
        require(actor, act)
    return actor, _instance(actor, uid, epoch)


def remembered(
    scope: Mapping[str, Any], uid: str, act: Act = Act.VIEW
) -> tuple[Actor, VisibleInstance] | None:
    """The same for a request that was decided before, on an event loop; None where it has to be decided anew."""
    epoch = epoch_at_once()
    if epoch is None:
        return None
    actor = _actors.find(credential_of_scope(scope), epoch)
    visible = _instances.find((actor, uid), epoch) if actor is not None and may(actor, act) else None
    return (actor, visible) if actor is not None and visible is not None else None


def remembered_actor(scope: Mapping[str, Any]) -> Actor | None:
    """The actor alone, likewise on an event loop; None where it has to be decided anew."""
    epoch = epoch_at_once()
    return None if epoch is None else _actors.find(credential_of_scope(scope), epoch)


def refuse_cross_site(scope: Mapping[str, Any]) -> None:
    """Nothing for a key, or for a cookie with our CSRF token; asks no database.

    Every door in front of Django calls it before an unsafe verb. Raises NotAllowed where another site may
    have sent the request.
    """
    if credential_of_scope(scope).kind == "session":
        refuse_forged_scope(scope)


def forget() -> None:
    """Decide everything anew."""
    _actors.forget()
    _instances.forget()


def read_epoch() -> int | None:
    """The number under which decisions may be kept now; None where none may be.

    None inside a transaction: what is seen there may be rolled back, and its number given out again.
    """
    if connection.in_atomic_block:
        return None
    at_once = epoch_at_once()
    if at_once is not None:
        return at_once
    try:
        return _select_epoch()
    except (InterfaceError, OperationalError):
        # The database server went away and came back (promise P23). Nothing was begun: one more try is safe.
        connection.close()
        return _select_epoch()


def _select_epoch() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(EPOCH_SQL)
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _actor(credential: Credential, epoch: int | None) -> Actor:
    known = _actors.find(credential, epoch) if epoch is not None else None
    if known is not None:
        return known
    holder = (
        _session_holder(credential.secret) if credential.kind == "session" else _key_holder(credential.secret)
    )
    if holder is None:
        return NOBODY
    actor, ends_at = holder
    if epoch is not None:
        _actors.keep(credential, epoch, actor, ends_at.timestamp())
    return actor


def _key_holder(digest: str) -> tuple[Actor, datetime] | None:
    key = key_that_holds(digest)
    if key is None:
        note_refused_key(digest)
        return None
    note_used_key(key)
    return actor_for_key(key), key.expires_at


def held_for(credential: Credential) -> Held | None:
    """Whose session this is, where it is held (access.held): to every door it is nobody's."""
    session = _session(credential.secret) if credential.kind == "session" else None
    data = session.get_decoded() if session is not None else {}
    user = _signed_in(data)
    reason = hold_on(user, credential.secret, data).reason if user is not None else None
    return Held(user, reason) if user is not None and reason is not None else None


def _session_holder(session_key: str) -> tuple[Actor, datetime] | None:
    session = _session(session_key)
    if session is None:
        return None
    data = session.get_decoded()
    if SESSION_KEY not in data and GUEST_KEY in data:
        return _guest(data[GUEST_KEY], session)
    user = _signed_in(data)
    hold = hold_on(user, session_key, data) if user is not None else None
    if user is None or hold is None or hold.reason is not None:
        return None
    ends_at = min(session.expire_date, hold.begins_at or session.expire_date)
    return actor_for_user(user, session_key), ends_at


def _session(session_key: str) -> Session | None:
    return Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).first()


def _signed_in(data: Mapping[str, Any]) -> User | None:
    """Django's own conditions (auth.get_user), without a request."""
    if SESSION_KEY not in data or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=data[SESSION_KEY], is_active=True).first()
    # The hash changes with the password: a new password ends every other session.
    if user is None or not constant_time_compare(
        data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    ):
        return None
    return user


def _guest(link_pk: int, session: Session) -> tuple[Actor, datetime] | None:
    """Whoever came by a link, as long as it holds."""
    link = GuestLink.objects.filter(holds(), pk=link_pk).select_related("made_by").first()
    if link is None:
        return None
    return actor_for_link(link, session.session_key), min(session.expire_date, link.expires_at)


def _instance(actor: Actor, uid: str, epoch: int | None) -> VisibleInstance:
    known = _instances.find((actor, uid), epoch) if epoch is not None else None
    if known is not None:
        return known
    rows = one_visible_instance(actor).select_related("series__study").defer("display")
    row = rows.filter(sop_instance_uid=uid).first() if is_uid(uid) else None
    if row is None:
        refuse(actor, instance=uid)
    study = row.series.study
    visible = VisibleInstance(
        row, row.sop_instance_uid, row.series.series_instance_uid, study.study_instance_uid
    )
    if epoch is not None:
        _instances.keep((actor, uid), epoch, visible, first_end(actor, study))
    return visible
