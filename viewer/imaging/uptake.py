"""From a PET image's values to standardized uptake values by body weight, where the file says all that takes.

SUVbw = activity concentration x body weight / dose, the dose as it was at the time to which the image's decay was
corrected (PS3.3 C.8.9.1.1). Any doubt about one of these is a reason to tell none: a wrong SUV is worse than none.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from pydicom import Dataset

from viewer.imaging.header import items_of, number, text, texts, value_of

GRAMS_IN_KG = 1000.0
CORRECTIONS = frozenset({"ATTN", "DECY"})
MOST_CORRECTIONS = 32
DAY_S = 86_400.0


def suv_factor_of(dataset: Dataset) -> float | None:
    """g/ml for one of the modality values; None where it is not known for certain."""
    units = text(dataset, "Units")
    if units == "GML":  # they are SUV already; without a type, by body weight (PS3.3 C.8.9.1.1.3)
        return 1.0 if text(dataset, "SUVType") in ("", "BW") else None
    if units != "BQML" or not set(texts(dataset, "CorrectedImage", MOST_CORRECTIONS)) >= CORRECTIONS:
        return None
    weight_kg, dose_bq = number(dataset, "PatientWeight"), _dose_bq(dataset)
    if not weight_kg or weight_kg < 0 or dose_bq is None:
        return None
    factor = weight_kg * GRAMS_IN_KG / dose_bq
    return factor if math.isfinite(factor) and factor > 0 else None


def _dose_bq(dataset: Dataset) -> float | None:
    """The activity that was given, as it was at the time to which decay was corrected."""
    given = next(iter(items_of(dataset, "RadiopharmaceuticalInformationSequence")), None)
    total = None if given is None else number(given, "RadionuclideTotalDose")
    if given is None or not total or total < 0:
        return None
    corrected_to = text(dataset, "DecayCorrection")
    if corrected_to == "ADMIN":
        return total
    half_life_s = number(given, "RadionuclideHalfLife")
    if corrected_to != "START" or not half_life_s or half_life_s < 0:
        return None
    waited_s = _seconds_until_scan(dataset, given)
    return None if waited_s is None else total * 2.0 ** (-waited_s / half_life_s)


def _seconds_until_scan(dataset: Dataset, given: Dataset) -> float | None:
    """From administration to the start of the scan.

    Series Time is that start, unless the images were made anew and stamped later than they were acquired.
    """
    started = _moment(dataset, "SeriesDate", "SeriesTime")
    acquired = _moment(dataset, "AcquisitionDate", "AcquisitionTime")
    if started is None or (acquired is not None and started > acquired):
        return None
    administered = _stamp(value_of(given, "RadiopharmaceuticalStartDateTime"))
    if administered is None:
        # A time without a date is on the day of the scan.
        date = value_of(dataset, "SeriesDate")
        administered = _stamp(f"{date or ''}{value_of(given, 'RadiopharmaceuticalStartTime') or ''}")
    if administered is None:
        return None
    waited_s = (started - administered).total_seconds()
    return waited_s if 0 <= waited_s < DAY_S else None


def _moment(dataset: Dataset, date: str, time: str) -> datetime | None:
    return _stamp(f"{value_of(dataset, date) or ''}{value_of(dataset, time) or ''}")


def _stamp(value: Any) -> datetime | None:
    """YYYYMMDDHHMMSS, with a fraction perhaps; any offset from UTC is that of the other times, too (PS3.5 6.2)."""
    told = str(value or "").split("+")[0].split("-")[0].strip()
    whole, _, fraction = told.partition(".")
    try:
        moment = datetime.strptime(whole, "%Y%m%d%H%M%S")  # only differences are taken
        return moment.replace(microsecond=int(f"{fraction:0<6}"[:6]))
    except ValueError:
        return None
