"""Accounts, ties and grants, for administrators; who changes an account showed lately who they are."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pacs.access import accounts, grants
from pacs.access.audit import record
from pacs.access.authentication import IsFresh
from pacs.access.middleware import actor_of
from pacs.access.permit import Act, access_study, require
from pacs.api.granting import NewGrant, opened_by
from pacs.catalog.institutions import institution_numbered

ROLES = ("administrator", "clinician", "referrer", "technologist", "patient")


class Administers(BasePermission):
    """Administrators only."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True. Raises NotSignedIn, NotAllowed."""
        require(actor_of(request), Act.ADMINISTER)
        return True


class _NewPerson(serializers.Serializer[None]):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=ROLES)
    display_name = serializers.CharField(max_length=128, allow_blank=True, default="")
    referring_physician = serializers.CharField(max_length=324, allow_blank=True, default="")
    password = serializers.CharField(max_length=1024, trim_whitespace=False, default=None, allow_null=True)
    institution = serializers.IntegerField(min_value=0, default=0)
    sso_name = serializers.CharField(max_length=254, allow_blank=True, default="")


class _ChangedPerson(serializers.Serializer[None]):
    role = serializers.ChoiceField(choices=ROLES, required=False)
    display_name = serializers.CharField(max_length=128, allow_blank=True, required=False)
    referring_physician = serializers.CharField(max_length=324, allow_blank=True, required=False)
    sso_name = serializers.CharField(max_length=254, allow_blank=True, required=False)
    is_active = serializers.BooleanField(required=False)
    institution = serializers.IntegerField(min_value=0, required=False)
    password = serializers.CharField(max_length=1024, trim_whitespace=False, required=False)
    new_password = serializers.BooleanField(default=False)


class _Tie(serializers.Serializer[None]):
    patient_id = serializers.CharField(max_length=64)
    issuer = serializers.CharField(max_length=64, allow_blank=True, default=None, allow_null=True)


def _valid(form: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class PeopleView(APIView):
    """GET, POST api/people."""

    permission_classes = [Administers, IsFresh]
    bodies = {"POST": _NewPerson}

    def get(self, request: Request) -> Response:
        """Every account, with its ties and grants."""
        record(actor_of(request), "accounts read")
        return Response({"people": [accounts.to_told(user) for user in accounts.accounts()]})

    def post(self, request: Request) -> Response:
        """A new account; where no password is given, a random one is told, this once."""
        given = _valid(_NewPerson, request)
        initial = None if given["password"] else accounts.random_password()
        given["password"] = given["password"] or initial
        actor, institution = actor_of(request), institution_numbered(given.pop("institution"))
        sso_name = given.pop("sso_name")
        with transaction.atomic():
            user = accounts.create_account(given.pop("username"), given.pop("role"), actor=actor, **given)
            if institution.pk != user.institution_id:
                accounts.change_account(user, actor=actor, institution=institution.pk)
            if sso_name:
                accounts.change_account(user, actor=actor, sso_name=sso_name)
        return Response({**accounts.to_told(user), "initial_password": initial}, status=201)


class PersonView(APIView):
    """GET, PATCH api/people/{username}."""

    permission_classes = [Administers, IsFresh]
    bodies = {"PATCH": _ChangedPerson}

    def get(self, request: Request, username: str) -> Response:
        """One account."""
        user = accounts.account_named(username)
        record(actor_of(request), "accounts read", account=user.username)
        return Response(accounts.to_told(user))

    def patch(self, request: Request, username: str) -> Response:
        """Change what is given; closing it, or another role or password, holds at once.

        A `new_password` is a random one, told this once.
        """
        given = _valid(_ChangedPerson, request)
        initial = accounts.random_password() if given.pop("new_password") else None
        if initial is not None:
            given["password"] = initial
        user = accounts.change_account(accounts.account_named(username), actor=actor_of(request), **given)
        return Response({**accounts.to_told(user), "initial_password": initial})


class TiesView(APIView):
    """POST, DELETE api/people/{username}/ties."""

    permission_classes = [Administers]
    bodies = {"POST": _Tie, "DELETE": _Tie}

    def post(self, request: Request, username: str) -> Response:
        """This account is this patient."""
        user, patient = accounts.account_named(username), grants.patient_identified(**_valid(_Tie, request))
        grants.tie_patient(user, patient, actor=actor_of(request))
        return Response(accounts.to_told(user), status=201)

    def delete(self, request: Request, username: str) -> Response:
        """It is not, from the next request on."""
        user, patient = accounts.account_named(username), grants.patient_identified(**_valid(_Tie, request))
        grants.untie_patient(user, patient, actor=actor_of(request))
        return Response(status=204)


class GrantsView(APIView):
    """POST api/people/{username}/grants."""

    permission_classes = [Administers]
    bodies = {"POST": NewGrant}

    def post(self, request: Request, username: str) -> Response:
        """Open to one person: a study, a patient's studies, those that name a referrer, or an institution's."""
        given, actor = _valid(NewGrant, request), actor_of(request)
        user = accounts.account_named(username)
        grants.grant(
            grants.Holder(user=user), opened_by(given, actor), actor=actor, expires_at=given["expires_at"]
        )
        return Response(accounts.to_told(user), status=201)


class GrantView(APIView):
    """DELETE api/people/{username}/grants/{study}."""

    permission_classes = [Administers]

    def delete(self, request: Request, username: str, study: str) -> Response:
        """Close it, from the next request on."""
        actor = actor_of(request)
        grants.revoke_grant(accounts.account_named(username), access_study(actor, study), actor=actor)
        return Response(status=204)
