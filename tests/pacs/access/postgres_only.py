"""What only PostgreSQL can get wrong; run by test_on_postgres, not collected by itself."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import connection, transaction

from pacs.access import standing
from pacs.access.models import User
from pacs.access.setup import finish_setup, issue_setup_token
from pacs.errors import LightboxError
from tests.pacs.access.conftest import Kept
from tests.pacs.access.test_standing import SOP, scope
from tests.people import PASSWORD, alice, cookie

pytestmark = pytest.mark.django_db(transaction=True)


def test_this_is_postgres() -> None:
    assert connection.vendor == "postgresql"


def test_a_connection_that_was_lost_is_made_again(pias: Kept) -> None:
    alices = scope(cookie(alice()))
    standing.actor_and_instance(alices, SOP)
    settings = connection.get_connection_params()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(
        dbname=settings["dbname"], user=settings["user"], host=settings["host"], port=settings.get("port")
    ) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert standing.actor_and_instance(alices, SOP)[0].label == "alice"


def test_a_decision_made_while_a_change_waits_ends_with_its_commit(pias: Kept) -> None:
    """The number rises when the change is seen, not before: else the old state is kept under the new number."""
    alices = scope(cookie(alice()))
    begun, decided = threading.Event(), threading.Event()

    def close_slowly() -> None:
        with transaction.atomic():
            User.objects.update(is_active=False)
            begun.set()
            decided.wait(10)
        connection.close()

    closer = threading.Thread(target=close_slowly)
    closer.start()
    assert begun.wait(10)
    assert standing.actor_for_scope(alices).label == "alice"
    decided.set()
    closer.join()
    assert standing.actor_for_scope(alices).kind == "nobody"


def test_of_two_who_use_the_set_up_link_at_once_one_becomes_administrator() -> None:
    token = issue_setup_token()
    assert token
    outcomes: list[str] = []

    def use(name: str) -> None:
        try:
            finish_setup(token, username=name, password=PASSWORD)
            outcomes.append("made")
        except LightboxError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    both = [threading.Thread(target=use, args=(name,)) for name in ("ada", "eve")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["made", "not_found"]
    assert User.objects.filter(role="administrator").count() == 1
