"""What the bodies say that open studies to somebody: read the same for a person, a group and an institution."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pacs.access.actors import Actor
from pacs.access.grants import Opened, patient_identified
from pacs.access.permit import access_study
from pacs.catalog.institutions import institution_numbered


class NewGrant(serializers.Serializer[None]):
    """Of study, patient_id (with its issuer), referring_physician (PN) and institution (its number) one."""

    study = serializers.CharField(max_length=64, required=False)
    patient_id = serializers.CharField(max_length=64, required=False)
    issuer = serializers.CharField(max_length=64, allow_blank=True, default=None, allow_null=True)
    referring_physician = serializers.CharField(max_length=324, required=False)
    institution = serializers.IntegerField(min_value=0, required=False)
    expires_at = serializers.DateTimeField(default=None, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One, and one only."""
        told = [
            name for name in ("study", "patient_id", "referring_physician", "institution") if name in attrs
        ]
        if len(told) != 1:
            raise serializers.ValidationError(
                {"study": ["Of study, patient_id, referring_physician and institution, tell one."]}
            )
        return attrs


def opened_by(given: dict[str, Any], actor: Actor) -> Opened:
    """The rows of what is told. Raises NotFound for what is not there."""
    if "study" in given:
        return Opened(study=access_study(actor, given["study"]))
    if "patient_id" in given:
        return Opened(patient=patient_identified(given["patient_id"], given["issuer"]))
    if "institution" in given:
        return Opened(institution=institution_numbered(given["institution"]))
    return Opened(referring_physician=given["referring_physician"])
