"""The rows of Delete, which the standard does not have: what can be retrieved can be deleted under the same address."""

from __future__ import annotations

from pacs.dicomweb.retrieve_transactions import INSTANCE, SERIES, STUDY
from pacs.dicomweb.transactions import Transaction

DELETED = {
    204: "It is deleted: nobody finds it from now on. It can be brought back while the bin holds it.",
    507: "There is no room left to write it down.",
}
DELETIONS = tuple(
    Transaction(name=f"Delete {level}", method="DELETE", path=path, gives=(), answers=DELETED)
    for level, path in (("Study", STUDY), ("Series", SERIES), ("Instance", INSTANCE))
)
REMARKS = (
    "Deleting is for administrators. What is deleted lies in the bin for as many days as LIGHTBOX_BIN_DAYS says, can "
    "be restored from there, and is then erased for good.",
    "Whoever sends a deleted object anew stores it: it is answered as a new one.",
)
