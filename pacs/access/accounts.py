"""Accounts: made, changed and closed by administrators only; nobody signs themselves up."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from pacs.access import audit, grants
from pacs.access.actors import Actor
from pacs.access.devices import address_of, forget_sso, sign_out_everywhere
from pacs.access.models import Role, User
from pacs.access.second_factors import has_second_factor
from pacs.catalog.institutions import institution_numbered
from pacs.errors import BadRequest, NotFound

log = logging.getLogger(__name__)

# Without the letters and digits that are taken for each other when read from paper.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105  # an alphabet
PASSWORD_GROUPS = 4  # of five letters: 98 bits


class ClosedAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's ways of signing in, without its ways of signing up and without its letters."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the trail has it."""
        return address_of(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is sent: no traffic leaves unasked (promise P18), and accounts have no address to write to."""
        log.info("no mail is sent for %s", template_prefix)


def random_password() -> str:
    """A password that a person can copy from paper once."""
    groups = ("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(5)) for _ in range(PASSWORD_GROUPS))
    return "-".join(groups)


def accounts() -> QuerySet[User]:
    """All accounts by name, with their ties and grants. For administrators: ask permit.require first."""
    return User.objects.order_by("username").prefetch_related(
        "ties__patient", "authenticator_set", Prefetch("grants", grants.grants().order_by("pk"))
    )


def count_people(role: str) -> int:
    """How many open accounts are of this role."""
    return User.objects.filter(role=role, is_active=True).count()


def account_named(username: str) -> User:
    """The account of this name, in whatever case. Raises NotFound."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise NotFound
    return user


def person_behind(actor: Actor) -> User | None:
    """The actor's account; None for nobody and for the system."""
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id is not None else None


def to_told(user: User) -> dict[str, Any]:
    """An account as administrators are told it, JSON-able; nothing secret. A referrer's name as it is compared."""
    return {
        "username": user.username,
        "role": user.role,
        "display_name": user.display_name,
        "referring_physician": user.referring_physician_key,
        "sso_name": user.sso_name,
        "second_factor": has_second_factor(user),
        "is_active": user.is_active,
        "institution": user.institution_id,
        "last_login": user.last_login.isoformat() if user.last_login else None,
        "ties": [
            {"patient_id": tie.patient.patient_id, "issuer": tie.patient.issuer_of_patient_id}
            for tie in user.ties.all()
        ],
        "grants": [grants.to_told(grant) for grant in user.grants.all()],
    }


def create_account(
    username: str,
    role: str,
    *,
    actor: Actor,
    password: str | None = None,
    display_name: str = "",
    referring_physician: str = "",
) -> User:
    """A new account; without a password it can only be used by key until one is set.

    `referring_physician` is the name under which studies name a referrer (PN, PS3.3 (0008,0090)).
    Raises BadRequest for a name that is taken or malformed, an unknown role or a weak password.
    """
    user = User(username=username, role=role, display_name=display_name)
    user.referring_physician_key = _physician_key(referring_physician)
    if User.objects.filter(username__iexact=username).exists():
        raise BadRequest(parameter="username", reason="This name is taken.")
    _set_password(user, password)
    try:
        with transaction.atomic():
            _checked(user).save(force_insert=True)
            audit.record(actor, "account created", account=username, role=role)
    except IntegrityError as error:  # made by somebody else since we looked
        raise BadRequest(parameter="username", reason="This name is taken.") from error
    return user


def change_account(
    user: User, *, actor: Actor, password: str | None = None, **changes: str | bool | int
) -> User:
    """Change what is given: role, is_active, display_name, referring_physician, sso_name, password, institution.

    The institution is told by its number.

    A closed account, a new role or a new password holds at the next request of everyone signed in to it.
    Raises BadRequest, also when no administrator would be left.
    """
    told = sorted([*changes, *(["password"] if password is not None else [])])
    if "referring_physician" in changes:
        changes["referring_physician_key"] = _physician_key(str(changes.pop("referring_physician")))
    if "institution" in changes:
        changes["institution_id"] = institution_numbered(int(changes.pop("institution"))).pk
    with transaction.atomic():
        had_administrator = _has_administrator()
        if "sso_name" in changes:
            _open_to_sso(user, str(changes.pop("sso_name")))
        for name, value in changes.items():
            setattr(user, name, value)
        if password is not None:
            _set_password(user, password)
        _checked(user).save()
        if changes.get("is_active") is False:
            sign_out_everywhere(user)  # opened again, no device is signed in by itself: it may have been lost
        if had_administrator and not _has_administrator():
            raise BadRequest(parameter="role", reason="One administrator has to stay.")
        audit.record(actor, "account changed", account=user.username, changed=", ".join(told), role=user.role)
    return user


def folded_sso_name(name: str) -> str:
    """As it is kept and looked for: addresses are the same in whatever case; other letters only as they are."""
    name = name.strip()
    return name.lower() if name.isascii() else name


def _open_to_sso(user: User, name: str) -> None:
    """Another name is another person: whom it was tied to, and whoever is signed in, is so no more."""
    folded = folded_sso_name(name)
    if folded == user.sso_name:
        return
    if folded and User.objects.filter(sso_name=folded).exclude(pk=user.pk).exists():
        raise BadRequest(parameter="sso_name", reason="Another account is opened to this name.")
    user.sso_name = folded
    forget_sso(user)


def _has_administrator() -> bool:
    return User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists()


def _set_password(user: User, password: str | None) -> None:
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise BadRequest(parameter="password", reason=" ".join(error.messages)) from error
    user.set_password(password)


def _checked(user: User) -> User:
    try:
        # The own institution needs no row; that any other is there is asked where it is named.
        user.full_clean(exclude={"institution"}, validate_unique=False)
    except ValidationError as error:
        parameter, reasons = next(iter(error.message_dict.items()))
        raise BadRequest(parameter=parameter, reason=" ".join(reasons)) from error
    return user


def _physician_key(name: str) -> str:
    from pacs.catalog.names import name_key

    return name_key(name) if name else ""
