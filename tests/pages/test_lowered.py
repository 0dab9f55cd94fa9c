"""Where one's own line went down, two words to tap, for oneself."""

from __future__ import annotations

from mcm_core.services import journeys
from mcm_core.store.engine import read, write
from tests.pages.conftest import Open
from tests.pages.test_journey import said
from tests.services.stories import a_group, run_round

ASK = "lower than before"


def test_it_is_asked_once_kept_with_one_tap_and_taken_away_with_another(open_page: Open, sqlite: str) -> None:
    with write() as db:
        group = a_group(db, 5)
        for number, ada in ((1, (3, 4)), (2, (2, 4))):
            run_round(db, group.facilitator, group.cohort, group.members, number, [ada] + [(3, 4)] * 4)
    ada, ben = group.members[:2]
    assert not [one for one in open_page("journey", as_=ben).get("pills") if ASK in one.label]

    app = open_page("journey", as_=ada)
    first = next(one for one in app.get("pills") if ASK in one.label)
    assert [str(option) for option in first.options] == ["Seeing more", "Harder now"]
    app = first.set_value("harder now").run()

    assert not app.exception
    assert "harder now." in said(app)
    next(one for one in app.get("pills") if ASK in one.label).set_value(None).run()
    assert "harder now." not in said(app)
    with read() as db:
        assert not any(point.why for line in journeys.mine(db, ada)[0].series["tools"] for point in line.points)
