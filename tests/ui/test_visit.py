"""What was just done stays readable although the page is drawn anew at once."""

from __future__ import annotations

from mcm_core.ui.visit import STANDS, Visit


def test_a_message_outlives_the_runs_that_its_own_cause_brings_about() -> None:
    visit = Visit(message="12 members are added.")

    assert [visit.to_say(moment, "Cohort") for moment in (100.0, 100.2, 100.0 + STANDS)] == [
        "12 members are added."
    ] * 3
    assert visit.to_say(100.1 + STANDS, "Cohort") is None
    assert visit.to_say(100.2, "Cohort") is None


def test_what_was_done_next_takes_its_place() -> None:
    visit = Visit(message="One is added.")
    visit.to_say(100.0, "Cohort")
    visit.message = "It is taken away."

    assert visit.to_say(101.0, "Cohort") == "It is taken away."
    assert visit.to_say(101.0 + STANDS, "Cohort") == "It is taken away."


def test_it_follows_to_no_other_page() -> None:
    visit = Visit(message="12 members are added.")
    assert visit.to_say(100.0, "Cohort") == "12 members are added."

    assert visit.to_say(101.0, "Today") is None
    assert visit.to_say(101.5, "Cohort") is None
