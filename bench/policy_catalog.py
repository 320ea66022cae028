"""python -m bench.policy_catalog fill|measure — 100,000 grants in the large catalogue, and what the policy costs there.

`fill` makes accounts, groups and grants in the database of the environment (after bench.big_catalog); `measure` prints
times as JSON. A process of its own, because Django reads its settings once.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.big_catalog import STUDIES

GRANTS = 100_000
REFERRERS = 800
CLINICIANS = 20
GROUPS = 50
MEMBERS = 8
BUSY_GRANTS = 10_000  # one of them has as many as a tenth of all
BUSIEST = "referrer 0"
EVERYONE = "administrator"  # to whom everything is open
ASKED = 400  # requests
ASKING = 40  # people, of all at random


def main() -> None:
    """One of the two commands."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs.settings")
    django.setup()
    if sys.argv[1] == "fill":
        fill()
    else:
        print(json.dumps(dict(measured())))


def fill() -> None:
    """Two institutions, people, groups, and grants of every kind to them."""
    from django.db import connection, transaction

    from pacs.access.models import Grant, GroupMember, PeopleGroup, User
    from pacs.catalog.models import Institution, Study

    chance = random.Random(5)
    with transaction.atomic():
        other = Institution.objects.create(name="Elsewhere")
        Study.objects.filter(pk__in=list(Study.objects.values_list("pk", flat=True)[::4])).update(
            institution=other
        )
        people = User.objects.bulk_create(_people())
        groups = PeopleGroup.objects.bulk_create(PeopleGroup(name=f"group {one}") for one in range(GROUPS))
        members = {
            (chance.choice(people[:REFERRERS]).pk, group.pk) for group in groups for _ in range(MEMBERS)
        }
        GroupMember.objects.bulk_create(GroupMember(user_id=user, group_id=group) for user, group in members)
        made = _grants(chance, [one.pk for one in people[:REFERRERS]], [one.pk for one in groups])
        Grant.objects.bulk_create(made, batch_size=2000)
    if connection.vendor == "postgresql":
        # Studies lie as they came, whosesoever they are: those that were changed lay at the end.
        with connection.cursor() as cursor:
            cursor.execute("CLUSTER catalog_study USING catalog_study_pkey")


def _people() -> Iterator[Any]:
    from pacs.access.models import User

    for number in range(REFERRERS):
        yield User(username=f"referrer {number}", role="referrer", password="")
    for number in range(CLINICIANS):
        yield User(username=f"clinician {number}", role="clinician", password="")
    yield User(username=EVERYONE, role="administrator", password="")


def _grants(chance: random.Random, people: list[int], groups: list[int]) -> list[Any]:
    """Most of single studies, some of patients, a few of referrers; the first of the people has most of all."""
    from pacs.access.models import Grant
    from pacs.catalog.models import Study

    studies = list(Study.objects.order_by("pk").values_list("pk", "patient_id"))
    wanted: dict[tuple[int, int, str, int], Any] = {}
    for study, _ in studies[:BUSY_GRANTS]:
        wanted[people[0], 0, "study", study] = Grant(user_id=people[0], study_id=study)
    while len(wanted) < GRANTS:
        study, patient = studies[chance.randrange(STUDIES)]
        to_group = chance.random() < 0.1
        holder = chance.choice(groups if to_group else people[1:])
        what, which = ("patient", patient) if chance.random() < 0.2 else ("study", study)
        key = (0, holder, what, which) if to_group else (holder, 0, what, which)
        held = {"group_id" if to_group else "user_id": holder, f"{what}_id": which}
        wanted[key] = Grant(**held)
    return list(wanted.values())


def measured() -> Iterator[tuple[str, Any]]:
    """By who asks what: the milliseconds of the policy's share of each request, sorted."""
    from django.db import connection

    from pacs.access.models import Grant, User

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its own vacuum does in time
    yield "vendor", connection.vendor
    yield "grants", Grant.objects.count()
    everyone = list(User.objects.exclude(username=BUSIEST).filter(role__in=("referrer", "clinician")))
    asking = random.Random(11).sample(everyone, ASKING)
    busiest = User.objects.get(username=BUSIEST)
    for who, people in (("anybody", asking), ("the busiest", [busiest])):
        each = ASKED // len(people)
        yield f"{who}: an image", sorted(cost for user in people for cost in _of_images(user, each))
        yield f"{who}: a list", sorted(cost for user in people for cost in _of_lists(user, each))


def _of_images(user: Any, number: int) -> list[float]:
    """One image by its UID: fetched and authorised in one act, less what fetching alone takes.

    It was fetched before, so that neither pays for what has to be brought into memory first.
    """
    from pacs.access.actors import actor_for_user
    from pacs.access.permit import one_visible_instance
    from pacs.catalog.models import Instance

    actor = actor_for_user(user)
    uids = _some_images(user, number)

    def through(rows: Any) -> Callable[[str], Any]:
        return lambda uid: rows().filter(sop_instance_uid=uid).values_list("pk").first()

    fetch, fetch_and_authorise = through(Instance.objects.all), through(lambda: one_visible_instance(actor))
    both = [(fetch(uid), _ms(fetch_and_authorise, uid), _ms(fetch, uid)) for uid in uids]
    return [max(0.0, one - bare) for _, one, bare in both]


def _some_images(user: Any, number: int) -> list[str]:
    """Half of them open to the person, half of them any."""
    from pacs.access.actors import actor_for_user
    from pacs.access.permit import visible_studies
    from pacs.catalog.models import Study

    chance = random.Random(7)
    own = list(visible_studies(actor_for_user(user)).values_list("study_instance_uid", flat=True)[:2000])
    every = list(Study.objects.values_list("study_instance_uid", flat=True)[: STUDIES // 2])
    studies = [chance.choice(of) for of in (own, every) for _ in range(number // 2)]
    chance.shuffle(studies)
    return [f"{uid}.1.1" for uid in studies]


def _of_lists(user: Any, number: int) -> list[float]:
    """The first page of the study list as the app asks for it, less what it takes of whom everything is open to."""
    from pacs.access.actors import actor_for_user
    from pacs.access.listing import studies_listed
    from pacs.access.models import User
    from pacs.catalog.search import StudyFilter

    actor, everyone = actor_for_user(user), actor_for_user(User.objects.get(username=EVERYONE))

    def page(who: Any) -> Any:
        return studies_listed(who, StudyFilter(), None, 51)

    both = [(_ms(page, actor), _ms(page, everyone)) for _ in range(number)]
    return [max(0.0, one - bare) for one, bare in both]


def _ms(act: Callable[..., Any], argument: Any) -> float:
    began = time.perf_counter()
    act(argument)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
