"""The words that a study is found by, kept beside it: name, IDs, accession number, description."""

from __future__ import annotations

from pacs.catalog.models import Study, StudyWord
from pacs.catalog.names import search_words

MOST_WORDS = 64


def write_words(study: Study) -> None:
    """Make the study's words those of its rows as they are now."""
    words = set(_words(study))
    known = set(StudyWord.objects.filter(study=study).values_list("word", flat=True))
    if known - words:
        StudyWord.objects.filter(study=study, word__in=known - words).delete()
    # Another writer may be at the same study's words (its patient was renamed): what is there is there.
    StudyWord.objects.bulk_create(
        [StudyWord(study=study, word=word) for word in sorted(words - known)], ignore_conflicts=True
    )


def _words(study: Study) -> list[str]:
    patient = study.patient
    texts = (patient.patient_id, study.accession_number, study.study_description)
    return search_words(patient.name, *texts)[:MOST_WORDS]
