"""Share links as they are made, changed and taken back, and exactly what each opens (promises P13 to P15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pacs.access import standing
from pacs.access.accounts import change_account
from pacs.access.actors import Actor, actor_for_link
from pacs.access.grants import revoke_grant
from pacs.access.models import AuditEvent, GuestLink, Notice, SharedPart
from pacs.access.notices import count_unseen
from pacs.access.permit import (
    Act,
    access_series,
    access_study,
    may,
    visible_instances,
    visible_series,
    visible_studies,
)
from pacs.access.share_links import (
    Issued,
    extend_link,
    link_behind,
    links_of,
    own_link,
    renew_pin,
    revoke_link,
    revoke_links,
)
from pacs.catalog.models import Instance, Series
from pacs.errors import BadRequest, NotFound
from tests.pacs.access.conftest import Kept
from tests.people import TESTS, actor, ada, alice, bob, charlie, granted, link_to, pia, tied

pytestmark = pytest.mark.django_db


def guest(issued: Issued) -> Actor:
    return actor_for_link(GuestLink.objects.get(pk=issued.link.pk))


def uids(rows: Any) -> Sequence[str]:
    return sorted(str(getattr(row, name)) for row in rows for name in _UID if hasattr(row, name))


_UID = ("study_instance_uid", "series_instance_uid", "sop_instance_uid")


def grown(kept: Kept) -> tuple[Series, Instance]:
    """A second series of the study and a second instance of its first."""
    other = Series.objects.create(study=kept.study, series_instance_uid="1.2.1.2", modality="SR")
    second = Instance.objects.get(pk=kept.instance.pk)
    second.pk, second.sop_instance_uid = None, "1.2.1.1.2"
    second.save(force_insert=True)
    third = Instance.objects.get(pk=kept.instance.pk)
    third.pk, third.sop_instance_uid, third.series = None, "1.2.1.2.1", other
    third.save(force_insert=True)
    return other, second


def test_a_link_shows_its_study_and_nothing_else(pias: Kept, pauls: Kept) -> None:
    grown(pias)
    who = guest(link_to(pias.study))
    assert uids(visible_studies(who)) == ["1.2.1"]
    assert uids(visible_series(who)) == ["1.2.1.1", "1.2.1.2"]
    assert uids(visible_instances(who)) == ["1.2.1.1.1", "1.2.1.1.2", "1.2.1.2.1"]
    with pytest.raises(NotFound):
        access_study(who, pauls.study.study_instance_uid)


def test_a_link_to_a_series_shows_that_series(pias: Kept, pauls: Kept) -> None:
    grown(pias)
    who = guest(link_to(pias.study, series=["1.2.1.1"]))
    assert uids(visible_studies(who)) == ["1.2.1"]
    assert uids(visible_series(who)) == ["1.2.1.1"]
    assert uids(visible_instances(who)) == ["1.2.1.1.1", "1.2.1.1.2"]
    with pytest.raises(NotFound):
        access_series(who, "1.2.1.2")


def test_a_link_to_key_images_shows_these(pias: Kept) -> None:
    grown(pias)
    who = guest(link_to(pias.study, instances=["1.2.1.1.2"]))
    assert uids(visible_series(who)) == ["1.2.1.1"]
    assert uids(visible_instances(who)) == ["1.2.1.1.2"]


def test_a_link_does_what_it_was_made_for(pias: Kept) -> None:
    whole, part = link_to(pias.study), link_to(pias.study, series=["1.2.1.1"])
    whole_for_good = link_to(pias.study, may_download=True)
    acts = [{act for act in Act if may(guest(one), act)} for one in (whole, part)]
    assert acts == [{Act.VIEW, Act.SEARCH}, {Act.VIEW}]
    assert may(guest(whole_for_good), Act.DOWNLOAD)


@pytest.mark.parametrize(
    "unlike", [{"series": ["1.2.2.1"]}, {"instances": ["1.2.2.1.1"]}, {"series": ["9.9"]}]
)
def test_what_is_not_of_the_study_cannot_be_shared(unlike: Any, pias: Kept, pauls: Kept) -> None:
    with pytest.raises(NotFound):
        link_to(pias.study, **unlike)
    assert not GuestLink.objects.exists()
    assert not SharedPart.objects.exists()


def test_nobody_shares_what_is_not_open_to_them(pias: Kept) -> None:
    with pytest.raises(NotFound):
        link_to(pias.study, charlie())
    assert not GuestLink.objects.exists()


def test_a_link_ends_with_what_is_open_to_its_sender(pias: Kept) -> None:
    issued = link_to(pias.study, granted(charlie(), pias.study))
    assert visible_studies(guest(issued)).exists()
    revoke_grant(charlie(), pias.study, actor=TESTS)
    assert not visible_studies(guest(issued)).exists()
    assert not visible_instances(guest(issued)).exists()


def test_a_link_ends_with_its_senders_account(pias: Kept) -> None:
    issued = link_to(pias.study, bob())
    before = guest(issued)
    change_account(bob(), actor=TESTS, is_active=False)
    assert guest(issued).kind == "nobody"
    assert not visible_studies(before).exists()


@pytest.mark.parametrize(
    "change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}, {"not_before": None}]
)
def test_what_has_ended_opens_nothing(change: dict[str, Any], pias: Kept) -> None:
    if change == {"not_before": None}:
        change = {"not_before": timezone.now() + timedelta(hours=1)}
    who = guest(link_to(pias.study))
    GuestLink.objects.update(**change)
    assert not visible_studies(who).exists()
    assert not visible_series(who).exists()
    assert not visible_instances(who).exists()


@pytest.mark.parametrize(
    ("terms", "parameter"),
    [
        ({"expires_at": timedelta(minutes=30)}, "expires_at"),
        ({"expires_at": timedelta(days=91)}, "expires_at"),
        ({"expires_at": timedelta(hours=3), "not_before": timedelta(hours=3)}, "expires_at"),
        ({"pin": "12345"}, "pin"),
        ({"pin": "123456"}, "pin"),
        ({"pin": "112211"}, "pin"),
        ({"pin": "483483"}, "pin"),
        ({"pin": "٣٧١٨٢٨"}, "pin"),
        ({"challenge": "birth_date"}, "challenge"),
        ({"challenge": "email", "email": "a@example.org"}, "email"),
        ({"is_deidentified": True}, "deidentified"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: dict[str, Any], parameter: str, pias: Kept) -> None:
    moments = ("expires_at", "not_before")
    told = {name: timezone.now() + value if name in moments else value for name, value in terms.items()}
    with pytest.raises(BadRequest) as refused:
        link_to(pias.study, **told)
    assert refused.value.fields["parameter"] == parameter
    assert not GuestLink.objects.exists()


def test_neither_secret_nor_pin_is_kept(pias: Kept) -> None:
    issued = link_to(pias.study)
    (row,) = GuestLink.objects.values()
    assert len(issued.secret) >= 43  # 256 bits
    assert issued.secret not in str(row)
    assert issued.pin is not None
    assert issued.pin not in str(row)
    assert row["answer_hash"].startswith("argon2$")
    assert issued.secret not in str(list(AuditEvent.objects.values()))


def test_its_sender_changes_it_and_nobody_else(pias: Kept) -> None:
    link = link_to(pias.study, bob()).link
    with pytest.raises(NotFound):
        own_link(actor(alice()), link.public_id)
    assert own_link(actor(ada()), link.public_id) == link  # administrators may end anybody's
    assert list(links_of(actor(alice()))) == []
    assert list(links_of(actor(alice()), everyones=True)) == []
    assert list(links_of(actor(ada()), everyones=True)) == [link]

    later = timezone.now() + timedelta(days=60)
    extend_link(link, later, actor=actor(bob()))
    link.refresh_from_db()
    assert link.expires_at == later
    with pytest.raises(BadRequest):
        extend_link(link, timezone.now() + timedelta(days=200), actor=actor(bob()))
    before = link.answer_hash
    renew_pin(link, actor=actor(bob()))
    link.refresh_from_db()
    assert link.answer_hash != before


def test_revoking_one_leaves_the_others_and_revoking_all_none(pias: Kept) -> None:
    first, second, others = link_to(pias.study), link_to(pias.study), link_to(pias.study, bob())
    revoke_link(first.link, actor=actor(alice()))
    assert [visible_studies(guest(one)).exists() for one in (first, second, others)] == [False, True, True]
    assert revoke_links(links_of(actor(alice())), actor=actor(alice())) == 1
    assert [visible_studies(guest(one)).exists() for one in (first, second, others)] == [False, False, True]
    with pytest.raises(BadRequest):
        extend_link(
            GuestLink.objects.get(pk=first.link.pk),
            timezone.now() + timedelta(days=1),
            actor=actor(alice()),
        )


def test_a_patient_is_told_that_their_images_were_shared(pias: Kept) -> None:
    tied(pia(), pias.patient)
    link_to(pias.study)
    assert [one.what for one in Notice.objects.filter(user=pia())] == ["shared"]
    assert count_unseen(actor(pia())) == 1
    assert count_unseen(actor(alice())) == 0


def test_a_patient_who_shares_is_not_told_of_it(pias: Kept) -> None:
    link_to(pias.study, tied(pia(), pias.patient))
    assert not Notice.objects.exists()


def test_making_changing_and_revoking_are_written_down(pias: Kept) -> None:
    link = link_to(pias.study).link
    renew_pin(link, actor=actor(alice()))
    extend_link(link, timezone.now() + timedelta(days=2), actor=actor(alice()))
    revoke_link(link, actor=actor(alice()))
    told = AuditEvent.objects.filter(details__link=link.public_id).order_by("pk")
    assert [event.action for event in told] == [
        "link issued",
        "link pin renewed",
        "link extended",
        "link revoked",
    ]
    assert {event.study_instance_uid for event in told} == {"1.2.1"}


def test_whose_link_it_is_is_known_of_guests_only(pias: Kept) -> None:
    issued = link_to(pias.study)
    assert link_behind(guest(issued)) == issued.link
    assert link_behind(actor(alice())) is None
    standing.forget()
