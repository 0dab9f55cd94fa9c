"""Ids are random, and some have two underscores in a row, which Streamlit refuses in the key of a component: one round
in 370 could not have been answered. Every page is drawn with such ids."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import pytest

from mcm_core.domain.visitor import Visitor
from mcm_core.services import readings, rounds
from mcm_core.store.engine import write
from mcm_core.store.tables import base
from mcm_core.ui.sitemap import ENTRIES
from tests.pages.conftest import CLOCK, Open
from tests.services.sheets import go_to
from tests.services.stories import Group, a_group_with_focus, an_open_round


@pytest.fixture
def group(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Group:
    """A session with a block on, in which nobody has opened a vote yet."""
    numbers = count()
    awkward = SimpleNamespace(token_urlsafe=lambda _bytes: f"_{next(numbers):05}__a__")
    monkeypatch.setattr(base, "secrets", awkward)
    with write() as db:
        group = a_group_with_focus(db, 5)
        go_to(db, group, "How we want to be together", at=CLOCK)
    return group


def every_page(open_page: Open, *people: Visitor) -> set[str]:
    """The names of the components that were drawn."""
    drawn = set[str]()
    for who in people:
        for entry in ENTRIES:
            app = open_page(entry.file.removesuffix(".py"), as_=who)
            assert not app.exception, (entry.file, [each.value for each in app.exception])
            drawn |= {one.proto.component_name for one in app.get("bidi_component")}
    return drawn


def test_with_a_block_on(open_page: Open, group: Group) -> None:
    drawn = every_page(open_page, group.facilitator, group.members[0])

    assert drawn >= {"mcm_draft", "mcm_countdown"}


def test_with_a_vote_open_and_closed(open_page: Open, group: Group) -> None:
    with write() as db:
        open_ = an_open_round(db, group.facilitator, group.cohort, at=CLOCK)
        assert "__" in open_.id
        for member in group.members:
            readings.cast(db, member, open_.id, "tools", readings.Reading(2, 3), at=CLOCK)
    assert every_page(open_page, group.facilitator, group.members[0]) >= {"mcm_ballot", "mcm_turnout"}
    with write() as db:
        rounds.close(db, group.facilitator, open_.id, version=open_.version, at=CLOCK)

    assert "mcm_early" in every_page(open_page, group.members[0])
