"""The trail on screen: an administrator finds who did what and has it checked; a patient sees who looked.

An administrator is made for it, as for the bin: whoever needs a server without one comes before.
"""

from __future__ import annotations

import json
import re
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from tests.e2e.app import CT
from tests.e2e.conftest import OpenApp
from tests.e2e.lightbox import Lightbox
from tests.e2e.screens import DESKTOP, PHONE
from tests.e2e.test_accessibility import violations
from tests.e2e.test_the_bin import signed_in
from tests.people import PASSWORD


def new_administrator(lightbox: Lightbox) -> str:
    """An administrator who signs in by password; their name."""
    key = lightbox.manage("issue_api_key", "--user", "trail-key", "--role", "administrator").split()[-1]
    told = {"username": "auditor", "role": "administrator", "password": PASSWORD}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{lightbox.address}/api/people", json.dumps(told).encode(), headers)) as answer:
        assert answer.status == 201
    return "auditor"


def test_an_administrator_finds_who_did_what_and_has_the_chain_checked(
    open_app: OpenApp, lightbox: Lightbox
) -> None:
    clinician = open_app(DESKTOP)
    clinician.sign_in("clinician")  # anew: that a study is opened is written down once a session
    clinician.open_study(CT)
    app = open_app(PHONE)
    page = app.page
    signed_in(app, new_administrator(lightbox))
    page.goto("/audit")
    opened = page.get_by_role("listitem").filter(has_text="Opened a study")
    expect(opened.first).to_be_visible()
    assert violations(page) == []

    opened.filter(has=page.get_by_role("button", name=re.compile("[Cc]linician"))).first.get_by_role(
        "button", name=re.compile("[Cc]linician")
    ).click()
    expect(page.get_by_role("button", name="Account: sample-clinician")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Made an account")).to_have_count(0)

    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("region", name="The chain")).to_contain_text("The chain is whole")


def test_a_patient_sees_who_looked_at_their_images(open_app: OpenApp) -> None:
    open_app(DESKTOP, "clinician").open_study(CT)
    app = open_app(PHONE, "patient", color_scheme="light")
    page = app.page
    page.goto("/my-images")
    page.get_by_role("link", name=re.compile("Who looked", re.IGNORECASE)).click()
    expect(page.get_by_role("heading", name="Who looked at my images")).to_be_visible()
    looks = page.get_by_role("listitem").filter(has_text="opened")
    expect(looks.filter(has_text=re.compile("clinician", re.IGNORECASE)).first).to_be_visible()
    assert violations(page) == []
    expect(page.get_by_role("listitem").filter(has_text="small picture")).to_have_count(0)
    page.get_by_role("button", name="Also small pictures in lists").click()
    expect(page.get_by_role("listitem").filter(has_text="small picture").first).to_be_visible()
