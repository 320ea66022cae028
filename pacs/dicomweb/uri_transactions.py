"""The row of the URI service (WADO-URI, PS3.18 9)."""

from __future__ import annotations

from pacs.dicomweb.retrieve_transactions import FILM, PARTIAL, PICTURES, READ
from pacs.dicomweb.transactions import Parameter, Transaction


def _said(name: str, values: str, meaning: str) -> Parameter:
    return Parameter(name=name, values=values, meaning=meaning)


BY_URI = (
    Transaction(
        name="Retrieve Instance by URI",
        method="GET",
        path="/wado",
        clause="9",
        gives=(*PICTURES, FILM, *READ, "application/dicom"),
        parameters=(
            _said("requestType", "WADO", "must be there"),
            _said("studyUID", "a UID", "the study; must be there"),
            _said("seriesUID", "a UID", "the series; must be there"),
            _said("objectUID", "a UID", "the SOP Instance; must be there"),
            _said(
                "contentType",
                "application/dicom, or rendered media types",
                "before the header field Accept, which says what else is taken where none of these can be had; both "
                "kinds at once, and the parameters transfer-syntax and charset, are refused",
            ),
            _said("charset", "UTF-8, or a list with it", "of texts; others are refused"),
            _said(
                "transferSyntax",
                "a UID or *",
                "of application/dicom; * is as it came, nothing is explicit VR little endian",
            ),
            _said(
                "frameNumber",
                "a number from 1",
                "the frame; one that is not there is refused with 400; without it a film where one is liked best, "
                "else the first",
            ),
            _said("rows", "1 to 8192", "the picture is at most so high"),
            _said("columns", "1 to 8192", "the picture is at most so wide"),
            _said("region", "xmin,ymin,xmax,ymax from 0.0 to 1.0", "the part of the image that is shown"),
            _said(
                "windowCenter",
                "a decimal number",
                "of a linear VOI window, with windowWidth; not of application/dicom, nor by a presentation state",
            ),
            _said("windowWidth", "a decimal number", "of a linear VOI window, with windowCenter"),
            _said("imageQuality", "1 to 100", "of JPEG, WebP and MP4"),
            _said("anonymize", "no", "yes is refused with 400"),
            _said(
                "imageAnnotation",
                "patient,technique",
                "is written into the picture; other keywords are ignored with Warning: 299",
            ),
            _said("annotation", "patient,technique", "the same, by its name of 8.3.5.1.1"),
            _said("presentationUID", "a UID", "the presentation state by which the image is shown"),
            _said("presentationSeriesUID", "a UID", "the series of that state; both or none"),
        ),
        answers=PARTIAL,
        remark="It is had at /wado beside the base URI as well. A parameter of these without a value is refused with "
        "400, unknown ones are ignored. By a presentation state frameNumber may name the frame of a multi-frame image.",
    ),
)
