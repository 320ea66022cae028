"""What is wrong is told: in the app in words, at the API by status."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.app import CT, HEAD
from tests.e2e.conftest import OpenApp
from tests.e2e.screens import DESKTOP, PHONE


def test_a_study_that_does_not_exist_and_one_that_is_not_theirs_look_the_same(open_app: OpenApp) -> None:
    staff = open_app(DESKTOP, "clinician")
    staff.open_study(HEAD)
    of_another = re.sub(".*/study/", "", staff.page.url)
    patient = open_app(PHONE, "patient")
    texts = []
    for uid in (of_another, "1.2.3.4.5"):
        patient.page.goto(f"/study/{uid}")
        expect(patient.page.locator("body")).to_contain_text("Nothing to see here")
        texts.append(re.sub(r"[Rr]equest \w+", "", patient.page.locator("body").inner_text()))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("tile", "status", "code"),
    [
        ("0/0/0.jpg?window=40,0", 400, "bad_request"),
        ("0/0/0.jpg?window=nonsense", 400, "bad_request"),
        ("99/0/0.jpg", 404, "not_found"),
        ("0/5/5.jpg", 404, "not_found"),
        ("0/0/0.jpg?size=13", 400, "bad_request"),
    ],
)
def test_an_absurd_tile_is_refused_with_its_reason(
    open_app: OpenApp, tile: str, status: int, code: str
) -> None:
    app = open_app(DESKTOP, "clinician")
    with app.page.expect_request(re.compile("/tiles/")) as asked:
        app.open_study(CT)
    address = re.sub(r"/tiles/.*", f"/tiles/{tile}", asked.value.url)
    answer = app.page.request.get(address)
    assert answer.status == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["request_id"]


def test_an_address_that_leads_nowhere_says_so(open_app: OpenApp) -> None:
    app = open_app(PHONE, "clinician")
    app.page.goto("/no/such/place")
    expect(app.page.locator("main")).to_contain_text("There is nothing here")


def test_a_session_that_ended_elsewhere_is_told_and_leads_back(open_app: OpenApp) -> None:
    app = open_app(PHONE)
    app.sign_in("clinician")
    app.studies()
    app.page.get_by_role("searchbox").focus()
    app.page.context.clear_cookies()
    # By keys, not by filling a field: any request may be the one that hears of it, and the field goes with its page.
    app.page.keyboard.type("anything")
    expect(app.page).to_have_url(re.compile("/signin"))
    expect(app.page.locator("body")).to_contain_text(re.compile("signed out", re.IGNORECASE))
