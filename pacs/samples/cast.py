"""The people of the sample studies. None of them ever lived; their names say so, in several scripts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamplePatient:
    """One made-up patient (PS3.3 C.7.1.1). name: PN with its component groups joined by '='."""

    patient_id: str
    name: str
    birth_date: str  # DA
    sex: str
    age: str  # AS, at the time of the samples
    weight_kg: float
    height_m: float
    character_sets: tuple[str, ...]  # (0008,0005)
    referring_physician: str


SAMPLE_PATIENT_ID = "SAMPLE-0001"  # the sample patient's account is tied to this one
SAMPLE_REFERRER_NAME = "Adler^Ruben^^Dr."  # the sample referrer's account goes by this name
ANOTHER_REFERRER_NAME = "Lindqvist^Åsa^^Dr."
INSTITUTION = "Lightbox Sample Hospital"

PAULA = SamplePatient(
    SAMPLE_PATIENT_ID,
    "Sample^Paula",
    "19580314",
    "F",
    "068Y",
    64,
    1.68,
    ("ISO_IR 100",),
    SAMPLE_REFERRER_NAME,
)
HIKARI = SamplePatient(
    "SAMPLE-0002",
    "Maboroshi^Hikari=幻^光=まぼろし^ひかり",
    "19840907",
    "F",
    "042Y",
    55,
    1.61,
    ("", "ISO 2022 IR 87"),
    "Adler^Ruben^^Dr.",
)
ZOE = SamplePatient(
    "SAMPLE-0003",
    "Échantillon-Müster^Zoë^^Mme",
    "19910522",
    "F",
    "035Y",
    61,
    1.72,
    ("ISO_IR 100",),
    ANOTHER_REFERRER_NAME,
)
VERA = SamplePatient(
    "SAMPLE-0004",
    "Примерова^Вера",
    "19660118",
    "F",
    "060Y",
    70,
    1.66,
    ("ISO_IR 192",),
    ANOTHER_REFERRER_NAME,
)
