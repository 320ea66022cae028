from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pacs.access.accounts import account_named, create_account
from pacs.access.actors import system_actor
from pacs.access.api_keys import KEY_DAYS, issue_api_key
from pacs.access.models import Role, Scope, User
from pacs.errors import LightboxError, NotFound

ACTOR = system_actor("issue_api_key")


class Command(BaseCommand):
    help = "Issue a Bearer key for an outside client, and print it alone on the last line: it is not kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, help="account that the key acts for")
        parser.add_argument("--role", choices=Role.values, help="make the account, when there is none")
        parser.add_argument(
            "--days", type=int, default=KEY_DAYS, help="days until it ends (default %(default)s)"
        )
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            default=[],
            help="bound it: read, store, or both (default: all that the account may do)",
        )
        parser.add_argument("--name", default="", help="what the key is for")

    def handle(self, *, user: str, role: str | None, days: int, **given: Any) -> None:
        if not 0 < days <= 3650:
            raise CommandError("--days has to lie between 1 and 3650")
        try:
            account = _account(user, role)
            key = issue_api_key(account, actor=ACTOR, name=given["name"], days=days, scopes=given["scope"])
        except LightboxError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Key of {account.username} ({account.role}), good for {days} days:")
        self.stdout.write(key)


def _account(username: str, role: str | None) -> User:
    try:
        account = account_named(username)
    except NotFound:
        if role is None:
            raise CommandError(f"there is no account {username}: give a --role to make it") from None
        return create_account(username, role, actor=ACTOR)
    if role is not None and role != account.role:
        raise CommandError(f"{username} is a {account.role}, not a {role}")
    return account
