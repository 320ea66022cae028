"""What is shared by links: made, listed, changed and taken back by who shares; and what people are told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import notices, share_links
from pacs.access.health_links import can_be_health_link
from pacs.access.link_answers import MOST_PIN_DIGITS
from pacs.access.link_copies import being_prepared, copy_of_link, shows_something
from pacs.access.link_mail import can_send
from pacs.access.link_opening import has_begun, takes_guests
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, require, visible_studies
from pacs.access.step_up import require_fresh
from pacs.api.deidentified import Looked
from pacs.catalog.names import name_groups
from pacs.http.errors import new_request_id, problem
from pacs.media.looking import looks
from pacs.nameless import issuing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacs.access.actors import Actor
    from pacs.access.models import GuestLink, Notice
    from pacs.catalog.models import Study

CHALLENGES = ("pin", "birth_date", "email")
MOST_HOURS = 90 * 24
MOST_LISTED = 500


class _NewShare(Looked):
    study = serializers.CharField(max_length=64)
    series = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=share_links.MOST_PARTS, default=list
    )
    instances = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=share_links.MOST_PARTS, default=list
    )
    hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS)
    not_before = serializers.DateTimeField(default=None, allow_null=True)
    most_openings = serializers.IntegerField(min_value=1, max_value=10_000, default=None, allow_null=True)
    challenge = serializers.ChoiceField(choices=CHALLENGES, default="pin")
    pin = serializers.CharField(max_length=MOST_PIN_DIGITS, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    recipient = serializers.CharField(max_length=128, allow_blank=True, default="")
    download = serializers.BooleanField(default=False)
    deidentified = serializers.BooleanField(default=False)


class _ChangedShare(serializers.Serializer[None]):
    hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS, required=False)
    new_pin = serializers.BooleanField(default=False)


class _Seen(serializers.Serializer[None]):
    newest = serializers.IntegerField(min_value=1)


class SharesView(APIView):
    """GET, POST, DELETE api/shares."""

    queries = {"GET": ("study", "everyones"), "DELETE": ("study",)}
    bodies = {"POST": _NewShare}

    def get(self, request: Request) -> Response:
        """The links that the person made, the newest first; of one study, or everybody's for administrators."""
        actor = actor_of(request)
        require(actor, Act.SHARE)
        links = share_links.links_of(actor, everyones=request.query_params.get("everyones") == "1")
        study = request.query_params.get("study")
        if study:
            links = links.filter(study__study_instance_uid=study)
        return Response(
            {
                "shares": told_links(actor, links[:MOST_LISTED]),
                "can_send_mail": can_send(),
            }
        )

    def post(self, request: Request) -> Response:
        """A new link. Its address and its PIN are told this once.

        409 while somebody has to look at images before copies of them leave: `to_look_at` says at which, as
        GET api/studies/{uid}/deidentified does.
        """
        actor = actor_of(request)
        require(actor, Act.SHARE)
        given = _valid(_NewShare, request)
        require_fresh(actor)
        shown = share_links.Shown(study=given["study"], series=given["series"], instances=given["instances"])
        try:
            issued = _issued(shown, given, actor)
        except issuing.NotLookedAt as refused:
            return _to_look_at(refused)
        (told,) = told_links(actor, [issued.link])
        return Response({**told, "path": issued.path, "pin": issued.pin}, status=201)

    def delete(self, request: Request) -> Response:
        """End all of the person's links, or all of one study."""
        actor = actor_of(request)
        require(actor, Act.SHARE)
        links = share_links.links_of(actor)
        study = request.query_params.get("study")
        if study:
            links = links.filter(study__study_instance_uid=study)
        return Response({"revoked": share_links.revoke_links(links, actor=actor)})


class ShareView(APIView):
    """PATCH, DELETE api/shares/{id}."""

    bodies = {"PATCH": _ChangedShare}

    def patch(self, request: Request, public_id: str) -> Response:
        """Let it end `hours` from now, or have a new PIN, which is told this once."""
        actor = actor_of(request)
        require(actor, Act.SHARE)
        given = _valid(_ChangedShare, request)
        link = share_links.own_link(actor, public_id)
        if "hours" in given:
            share_links.extend_link(link, timezone.now() + timedelta(hours=given["hours"]), actor=actor)
        pin = share_links.renew_pin(link, actor=actor) if given["new_pin"] else None
        (told,) = told_links(actor, [link])
        return Response({**told, "pin": pin})

    def delete(self, request: Request, public_id: str) -> Response:
        """End it, for those who are in it too."""
        actor = actor_of(request)
        require(actor, Act.SHARE)
        share_links.revoke_link(share_links.own_link(actor, public_id), actor=actor)
        return Response(status=204)


class NoticesView(APIView):
    """GET, POST api/notices."""

    bodies = {"POST": _Seen}

    def get(self, request: Request) -> Response:
        """What the person was told of links, the newest first."""
        actor = actor_of(request)
        require(actor, Act.LIST)
        return Response(
            {
                "notices": [told_notice(actor, one) for one in notices.notices_of(actor)],
                "unseen": notices.count_unseen(actor),
            }
        )

    def post(self, request: Request) -> Response:
        """They have seen these, up to the newest."""
        actor = actor_of(request)
        require(actor, Act.LIST)
        notices.mark_seen(actor, _valid(_Seen, request)["newest"])
        return Response({"unseen": notices.count_unseen(actor)})


def _issued(shown: share_links.Shown, given: Mapping[str, Any], actor: Actor) -> share_links.Issued:
    if not given["deidentified"]:
        return share_links.issue_share_link(shown, _terms(given), actor=actor)
    looked = issuing.Looked(given["seen"], given["edits"])
    return issuing.issue_nameless_link(shown, _terms(given), looked, actor=actor)


def _to_look_at(refused: issuing.NotLookedAt) -> Response:
    told = problem(refused, new_request_id())
    fields = {**refused.fields, "to_look_at": list(looks(refused.found))}
    return Response({"error": {**told["error"], "fields": fields}}, status=409)


def _valid(form: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _terms(given: Mapping[str, Any]) -> share_links.Terms:
    begins = max(given["not_before"] or timezone.now(), timezone.now())
    return share_links.Terms(
        expires_at=begins + timedelta(hours=given["hours"]),
        not_before=given["not_before"],
        most_openings=given["most_openings"],
        challenge=given["challenge"],
        pin=given["pin"],
        email=given["email"],
        recipient=given["recipient"],
        may_download=given["download"],
        is_deidentified=given["deidentified"],
    )


def told_links(actor: Actor, links: Iterable[GuestLink]) -> list[dict[str, Any]]:
    """Links as their sender is told them. Of a study that is not open to them any more nothing is told."""
    found = list(links)
    wanted = [link.study_id for link in found if link.study_id is not None]
    open_to_them = set(visible_studies(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    return [_told(link, link.study if link.study_id in open_to_them else None) for link in found]


def _told(link: GuestLink, study: Study | None) -> dict[str, Any]:
    return {
        "id": link.public_id,
        "purpose": link.purpose,
        "state": state_of(link),
        "study": None if study is None else _told_study(study),
        "extent": link.extent,
        "parts": link.parts.count() if link.extent != "study" else None,
        "recipient": link.recipient,
        "sender": link.made_by.display_name or link.made_by.username,
        "challenge": link.challenge,
        "email": link.email,
        "health_link": _told_health_link(link),
        "download": link.may_download,
        "deidentified": link.is_deidentified,
        "copy": _told_copy(link),
        "made_at": link.made_at.isoformat(),
        "not_before": link.not_before.isoformat() if link.not_before else None,
        "expires_at": link.expires_at.isoformat(),
        "quota_bytes": link.quota_bytes,
        "taken_bytes": link.taken_bytes,
        "taken_objects": link.taken_objects,
        "openings": link.openings,
        "most_openings": link.most_openings,
        "last_opened_at": link.last_opened_at.isoformat() if link.last_opened_at else None,
    }


def _told_copy(link: GuestLink) -> dict[str, Any] | None:
    """How far the copy is that a link without names shows; None for any other."""
    copy = copy_of_link(link)
    if copy is None:
        return None
    return {"total": copy.total, "done": copy.done, "left_out": copy.left_out}


def _told_health_link(link: GuestLink) -> dict[str, Any]:
    """Whether it can be a SMART Health Link, and since when it is one."""
    made = getattr(link, "health_link", None)
    return {"possible": can_be_health_link(link), "made_at": made and made.made_at.isoformat()}


def state_of(link: GuestLink) -> str:
    """What a link is good for now, as one word."""
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at <= timezone.now():
        return "expired"
    if link.tries_left == 0:
        return "locked"
    if not shows_something(link):
        return "gone"
    if not takes_guests(link):
        return "used_up"
    if being_prepared(link) is not None:
        return "preparing"
    return "open" if has_begun(link) else "waiting"


def _told_study(study: Study) -> dict[str, Any]:
    return {
        "uid": study.study_instance_uid,
        "patient": name_groups(study.patient.name),
        "description": study.study_description,
        "date": study.study_date.isoformat() if study.study_date else None,
        "modalities": [modality for modality in study.modalities_in_study.split("\\") if modality],
    }


def told_notice(actor: Actor, notice: Notice) -> dict[str, Any]:
    """A notice as its reader is told it."""
    if notice.link is None:
        return _told_of_glass(notice)
    link = notice.link
    is_own = link.made_by_id == actor.user_id
    return {
        "number": notice.pk,
        "what": notice.what,
        "at": notice.at.isoformat(),
        "seen": notice.seen_at is not None,
        "link": link.public_id if is_own else None,
        "recipient": link.recipient,
        "said_by": notice.said_by,
        "sender": link.made_by.display_name or link.made_by.username,
        "until": link.expires_at.isoformat(),
        "study": link.study.study_instance_uid if link.study is not None else None,
        "description": link.study.study_description if link.study is not None else "",
        "date": link.study.study_date.isoformat() if link.study and link.study.study_date else None,
    }


def _told_of_glass(notice: Notice) -> dict[str, Any]:
    """That somebody opened a locked study: who, until when, which; why is told where it is reviewed."""
    broken = notice.break_glass
    who, study = (broken.user, broken.study) if broken is not None else (None, None)
    return {
        "number": notice.pk,
        "what": notice.what,
        "at": notice.at.isoformat(),
        "seen": notice.seen_at is not None,
        "link": None,
        "recipient": "",
        "said_by": "",
        "sender": (who.display_name or who.username) if who is not None else "",
        "until": broken.ends_at.isoformat() if broken is not None else notice.at.isoformat(),
        "study": study.study_instance_uid if study is not None else None,
        "description": study.study_description if study is not None else "",
        "date": study.study_date.isoformat() if study is not None and study.study_date else None,
    }
