from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pacs.access.accounts import account_named
from pacs.access.actors import system_actor
from pacs.access.audit import record
from pacs.access.explaining import Because, Explanation, explain, explain_study
from pacs.access.permit import access_study
from pacs.errors import NotFound

ACTOR = system_actor("explain")


class Command(BaseCommand):
    help = "Say whether somebody may see a study and why; without a study, what they see altogether."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the account's name")
        parser.add_argument("study", nargs="?", default="", help="Study Instance UID")

    def handle(self, *, user: str, study: str, **_: Any) -> None:
        try:
            account = account_named(user)
        except NotFound:
            raise CommandError(f"there is no account {user}") from None
        if not study:
            told = explain(account)
            record(ACTOR, "access explained", account=account.username)
            self._say(told, f"sees {told.studies} studies")
            return
        try:
            found = access_study(ACTOR, study)
        except NotFound:
            raise CommandError(f"there is no study {study}") from None
        told = explain_study(account, found)
        record(ACTOR, "access explained", study=found, account=account.username)
        self._say(told, f"{'sees' if told.sees else 'does not see'} study {study}")

    def _say(self, told: Explanation, outcome: str) -> None:
        user = told.user
        closed = "" if user.is_active else ", closed"
        self.stdout.write(f"{user.username} ({user.role}{closed}) {outcome}.")
        for one in told.because:
            self.stdout.write(f"  {'yes' if one.opens else 'no':<4}{one.words}{_details(one)}")
        if not told.because:
            self.stdout.write("  no  nothing opens studies to this account")
        self.stdout.write(f"May: {', '.join(told.acts) or 'nothing'}.")


def _details(one: Because) -> str:
    """By which grants: their numbers, to whom, and until when."""
    if not one.opens:
        return ""
    by = [_grant(row) for row in one.by if row["kind"] == "grant"]
    return f" ({one.studies})" + (f": {'; '.join(by)}" if by else "")


def _grant(row: dict[str, Any]) -> str:
    to = "to them"
    for holder, word in (("group", "group"), ("to_institution", "institution")):
        if row[holder]:
            to = f"to the {word} {row[holder]['name']}"
    until = f" until {row['expires_at']}" if row["expires_at"] else ""
    return f"grant {row['number']} {to}{until}"
