"""All that is offered over DICOMweb: the tables of every service together."""

from __future__ import annotations

from pacs.dicomweb.change_transactions import CHANGES
from pacs.dicomweb.change_transactions import REMARKS as CHANGE_REMARKS
from pacs.dicomweb.delete_transactions import DELETIONS
from pacs.dicomweb.delete_transactions import REMARKS as DELETE_REMARKS
from pacs.dicomweb.retrieve_transactions import RETRIEVALS
from pacs.dicomweb.search_transactions import COUNTS, REMARKS, SEARCHES
from pacs.dicomweb.store_transactions import REMARKS as OF_STORE
from pacs.dicomweb.store_transactions import STORES
from pacs.dicomweb.transactions import JSON, Service, Transaction
from pacs.dicomweb.uri_transactions import BY_URI

CAPABILITIES = tuple(
    Transaction(
        name=f"Retrieve Capabilities{by}",
        method=method,
        path="/",
        clause="8.9",
        gives=(JSON, "application/vnd.sun.wadl+xml"),
    )
    for method, by in (("OPTIONS", ""), ("GET", " by GET (an extension)"))
)

SERVICES = (
    Service(name="Retrieve (WADO-RS)", clause="10.4", transactions=RETRIEVALS),
    Service(name="URI (WADO-URI)", clause="9", transactions=BY_URI),
    Service(name="Store (STOW-RS)", clause="10.5", transactions=STORES, remarks=OF_STORE),
    Service(name="Search (QIDO-RS)", clause="10.6", transactions=SEARCHES, remarks=REMARKS),
    Service(name="Count (an extension)", transactions=COUNTS),
    Service(name="Delete (an extension)", transactions=DELETIONS, remarks=DELETE_REMARKS),
    Service(name="Changes (an extension)", transactions=CHANGES, remarks=CHANGE_REMARKS),
    Service(name="Capabilities", clause="8.9", transactions=CAPABILITIES),
)
TRANSACTIONS: tuple[Transaction, ...] = tuple(row for service in SERVICES for row in service.transactions)
