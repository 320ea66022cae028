"""Django's admin for administrators: every change goes through the writers of this room, and so into the trail.

Django's forms and admins take no type arguments when they run: hence the ignores.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from pacs.access import accounts, grants
from pacs.access.api_keys import KEY_DAYS, digest_of, issue_api_key, revoke_api_key
from pacs.access.authenticators import remove_authenticator
from pacs.access.devices import end_session
from pacs.access.middleware import actor_of
from pacs.access.models import ApiKey, AuditEvent, Grant, PatientTie, Scope, User
from pacs.access.permit import access_study
from pacs.errors import LightboxError


class _AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    referring_physician = forms.CharField(
        required=False,
        help_text="A referrer's name as studies write it (Family^Given); left as it is when empty.",
    )
    new_password = forms.CharField(
        required=False, strip=False, widget=forms.PasswordInput, help_text="Left as it is when empty."
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "role", "is_active", "sso_name")
        labels = {"sso_name": "known to single sign-on as"}
        help_texts = {"sso_name": "Another name unties the account, and signs its person out everywhere."}


class _TieForm(forms.ModelForm):  # type: ignore[type-arg]
    patient_id = forms.CharField(max_length=64)
    issuer = forms.CharField(max_length=64, required=False)

    class Meta:
        model = PatientTie
        fields = ("user",)


class _GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    study_instance_uid = forms.CharField(max_length=64)
    expires_at = forms.SplitDateTimeField(required=False, widget=AdminSplitDateTime)

    class Meta:
        model = Grant
        fields = ("user", "expires_at")


class _Told(admin.ModelAdmin):  # type: ignore[type-arg]
    """What a writer refuses is told above the form, and nothing is changed."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's, which also takes back what was begun."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except LightboxError as error:
            messages.error(request, str(error.fields.get("reason", "There is no such thing.")))
            return HttpResponseRedirect(request.get_full_path())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's; a row that cannot be (a number without an end, a word) is none, and no fault."""
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            messages.error(request, "There is no such thing.")
            return HttpResponseRedirect(request.path)


class _Shown(_Told):
    """What can be made and taken away, but not changed."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No."""
        return False

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one, so that each is written down."""
        for row in queryset:
            self.delete_model(request, row)


@admin.register(User)
class UserAdmin(_Told):
    """Accounts; they are closed rather than deleted, so that the trail keeps naming somebody."""

    form = _AccountForm
    list_display = ("username", "display_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "display_name")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Through the writers."""
        given = form.cleaned_data
        password = given["new_password"] or None
        told = {"referring_physician": given["referring_physician"]} if given["referring_physician"] else {}
        if change:
            if "sso_name" in form.changed_data:
                obj.sso_name, told["sso_name"] = form.initial["sso_name"], given["sso_name"]
            accounts.change_account(obj, actor=actor_of(request), password=password, **told)
            return
        made = accounts.create_account(
            obj.username,
            obj.role,
            actor=actor_of(request),
            password=password,
            display_name=obj.display_name,
            **told,
        )
        if given["sso_name"]:
            accounts.change_account(made, actor=actor_of(request), sso_name=given["sso_name"])
        obj.pk = made.pk


@admin.register(PatientTie)
class PatientTieAdmin(_Shown):
    """Which accounts are which patients."""

    form = _TieForm
    list_display = ("user", "patient_pk", "made_by", "made_at")
    raw_id_fields = ("user",)

    @admin.display(description="patient")
    def patient_pk(self, tie: PatientTie) -> str:
        """The patient's ID."""
        return tie.patient.patient_id

    def save_model(self, request: HttpRequest, obj: PatientTie, form: Any, change: bool) -> None:
        """Through the writer."""
        given = form.cleaned_data
        obj.patient = grants.patient_identified(given["patient_id"], given["issuer"] or None)
        obj.pk = grants.tie_patient(obj.user, obj.patient, actor=actor_of(request)).pk

    def delete_model(self, request: HttpRequest, obj: PatientTie) -> None:
        """Through the writer."""
        grants.untie_patient(obj.user, obj.patient, actor=actor_of(request))


@admin.register(Grant)
class GrantAdmin(_Shown):
    """Which studies are opened to which referrers."""

    form = _GrantForm
    list_display = ("user", "study_uid", "expires_at", "made_by", "made_at")
    raw_id_fields = ("user",)

    @admin.display(description="study")
    def study_uid(self, grant: Grant) -> str:
        """Its Study Instance UID."""
        return grant.study.study_instance_uid if grant.study else ""

    def save_model(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        """Through the writer."""
        actor = actor_of(request)
        study = access_study(actor, form.cleaned_data["study_instance_uid"])
        obj.study = study
        holder, opened = grants.Holder(user=obj.user), grants.Opened(study=study)
        obj.pk = grants.grant(holder, opened, actor=actor, expires_at=obj.expires_at).pk

    def delete_model(self, request: HttpRequest, obj: Grant) -> None:
        """Through the writer."""
        grants.revoke(obj, actor=actor_of(request))


class _KeyForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.IntegerField(min_value=1, max_value=3650, initial=KEY_DAYS)
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, required=False, help_text="None: all that the account may do."
    )

    class Meta:
        model = ApiKey
        fields = ("user", "name")


@admin.register(ApiKey)
class ApiKeyAdmin(_Shown):
    """Bearer keys: told once when they are made, revoked rather than deleted."""

    form = _KeyForm
    list_display = ("name", "user", "scopes", "made_at", "last_used_at", "expires_at", "revoked_at")
    raw_id_fields = ("user",)
    actions = ("revoke",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue it, and tell it once."""
        days = form.cleaned_data["days"]
        scopes = form.cleaned_data["scopes"]
        key = issue_api_key(obj.user, actor=actor_of(request), name=obj.name, days=days, scopes=scopes)
        obj.pk = ApiKey.objects.get(digest=digest_of(key)).pk
        messages.warning(request, f"This is the only time that the key is shown: {key}")

    @admin.action(description="Revoke the chosen keys now")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End them now."""
        for key in queryset:
            revoke_api_key(key.pk, actor=actor_of(request))


# allauth's own pages would change them past the trail.
admin.site.unregister([UserSession, Authenticator])


@admin.register(UserSession)
class UserSessionAdmin(_Shown):
    """Who is signed in where: to delete one signs it out."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields = ("user__username",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        """Through the writer."""
        end_session(obj, actor=actor_of(request))


@admin.register(Authenticator)
class AuthenticatorAdmin(_Shown):
    """Second factors: one that is lost is taken away here, once whoever asks has been recognised."""

    list_display = ("user", "type", "created_at", "last_used_at")
    search_fields = ("user__username",)
    exclude = ("data",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Through the writer."""
        remove_authenticator(obj, actor=actor_of(request))


@admin.register(AuditEvent)
class AuditEventAdmin(_Shown):
    """The trail, to be read."""

    list_display = ("at", "actor_label", "action", "outcome", "study_instance_uid", "details")
    list_filter = ("action", "outcome")
    search_fields = ("actor_label", "study_instance_uid")
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No."""
        return False
