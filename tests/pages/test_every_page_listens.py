"""Every page that somebody is signed in to hears at once when that ends: whoever is put out sees nothing more."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from mcm_core.domain.visitor import Visitor
from mcm_core.store.engine import read, write
from mcm_core.store.tables import SignInRow
from mcm_core.ui.page import PAGES
from mcm_core.ui.sitemap import ENTRIES
from tests.pages.conftest import Open
from tests.services.people import a_facilitator
from tests.services.stories import a_group


@pytest.fixture(params=["a facilitator without a cohort", "a facilitator", "a member"])
def person(request: pytest.FixtureRequest, sqlite: str) -> Visitor:
    """Each of those who get pages, in turn."""
    with write() as db:
        group = a_group(db, 1)
        people = {"a facilitator": group.facilitator, "a member": group.members[0]}
        return people.get(request.param) or a_facilitator(db, "new")


def followed(app: AppTest) -> list[str]:
    """What the listeners of a page follow."""
    listeners = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "mcm_listener"]
    return [json.loads(one.json)["address"] for one in listeners]


def test_every_page_hears_of_the_end_of_the_sign_in(open_page: Open, person: Visitor) -> None:
    app = open_page("today", as_=person)
    with read() as db:
        sign_in = db.query(SignInRow).order_by(SignInRow.created_at.desc()).first().token_hash
    deaf = []
    for entry in ENTRIES:
        app.switch_page(str(PAGES / entry.file)).run()
        if not any(f"visitor%3A{sign_in}" in address for address in followed(app)):
            deaf.append(entry.file)

    assert deaf == []
