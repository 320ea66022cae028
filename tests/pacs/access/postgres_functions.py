"""The functions that PostgreSQL decides by are those that the ways give; run by test_on_postgres."""

from __future__ import annotations

import pytest
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connection, transaction

from pacs.access import condition, functions
from pacs.access.actors import actor_for_user
from pacs.access.functions import PREFIX, install_functions
from pacs.access.permit import visible_studies
from pacs.access.reach import Breadth
from pacs.access.ways import Way
from pacs.access.wording import FIRST_GROUP, USER, Written, ways_by
from pacs.catalog.models import Patient, Study
from tests.pacs.access.conftest import Kept, keep
from tests.people import bob

pytestmark = pytest.mark.django_db


def present() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(functions.KNOWN, [PREFIX])
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def decided_anew() -> object:
    """Nothing that was put together is kept, before or after."""
    kept = (condition._written, condition._listing, functions._is_open, functions._opened, functions._newest)
    for one in kept:
        one.cache_clear()
    yield None
    for one in kept:
        one.cache_clear()


def test_whoever_may_have_ways_is_decided_by_a_function_that_is_there() -> None:
    asked = {
        call.sql.split("(")[0]
        for breadth in Breadth
        if ways_by(breadth, 0)
        for call in (
            functions.is_open(DEFAULT_DB_ALIAS, breadth),
            functions.opened(DEFAULT_DB_ALIAS, breadth),
            functions.newest(DEFAULT_DB_ALIAS, breadth),
        )
    }
    assert asked == present()
    assert len(asked) == 9


def scans_of_all_studies() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'catalog_study'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("breadth", sorted(functions.HAVING_WAYS))
def test_nobodys_list_reads_all_studies_from_end_to_end(breadth: Breadth) -> None:
    """Of few institutions each has a large part of all: so PostgreSQL believes where none is granted, too."""
    for number in range(40):
        kept = keep(number, Patient.objects.create(identity_key=f"p{number}"))
        Study.objects.filter(pk=kept.study.pk).update(institution_id=number % 2 + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_study")
        before = scans_of_all_studies()
        cursor.execute(f"SELECT {functions.opened(DEFAULT_DB_ALIAS, breadth).sql}", [1, 1, [1]])
        cursor.execute(f"SELECT {functions.newest(DEFAULT_DB_ALIAS, breadth).sql}", [1, 1, [1], 1, 1, 1])
    assert scans_of_all_studies() == before


def test_those_of_other_ways_go_with_the_next_migrate() -> None:
    before = present()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION {PREFIX}_of_before(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
        )
    assert present() != before
    install_functions()
    assert present() == before


def test_code_of_other_ways_opens_nothing_before_the_next_migrate(
    pias: Kept, monkeypatch: pytest.MonkeyPatch, decided_anew: object
) -> None:
    """As code that was changed on a database that was not: no function of before decides for it."""
    who = actor_for_user(bob())
    named = ways_by(Breadth.NAMED, 1)

    def without_names(breadth: Breadth, groups: int) -> tuple[Way, ...]:
        return named[1:]

    monkeypatch.setattr(functions, "ways_by", without_names)
    with pytest.raises(ProgrammingError), transaction.atomic():
        visible_studies(who).exists()
    install_functions()
    assert not visible_studies(who).exists()


@pytest.mark.parametrize("text", ["group_id = %s", "name LIKE '%%'"])
def test_a_text_that_arguments_cannot_be_put_in_is_no_function(text: str) -> None:
    parameters = (FIRST_GROUP,) * text.count("%s")
    with pytest.raises(ValueError):
        functions._with_arguments(Written(text, parameters), 0)


def test_values_of_the_ways_are_quoted() -> None:
    said = functions._with_arguments(Written("a = %s AND b = %s", (USER, "o'b")), 1)
    assert said == "a = $2 AND b = 'o''b'"
