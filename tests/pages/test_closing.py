"""Looking back and on: what a member finds there by the day, and what a facilitator does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mcm_core.domain.evaluation import WORDS_MAX, window
from mcm_core.domain.opening import Plan
from mcm_core.domain.reading import NonAnswer
from mcm_core.services import (
    agreements,
    applicants,
    aspirations,
    cohorts,
    decisions,
    evaluations,
    facilitators,
    instruments,
    late,
    members,
    openings,
    rounds,
)
from mcm_core.store.engine import read, write
from tests.pages.conftest import CLOCK, Open
from tests.pages.test_journey import links, said
from tests.services.openings.applying_people import WORDS, Opened, an_opening, applies
from tests.services.openings.test_inside import come_in
from tests.services.people import NOW, a_cohort, a_facilitator, a_member
from tests.services.stories import NAMES, Group, a_card, answer, choose_focus, close_and_reveal, connections, run_round

AHEAD, OPEN, OVER = timedelta(0), timedelta(days=49), timedelta(days=56)
HOSTILE = "<script>alert(1)</script> **bold** [x](http://y.example)"


def a_group_of(began: timedelta) -> Group:
    """Six people in a cohort that was made so long ago; its last session was six or thirteen days ago, or is ahead."""
    with write() as db:
        instruments.register(db)
        fay = a_facilitator(db, "fay")
        cohort = a_cohort(db, fay, at=NOW - began)
        return Group(fay, cohort, tuple(a_member(db, fay, cohort, name) for name in NAMES[:6]))


@pytest.fixture
def looking_back(sqlite: str) -> Group:
    """The form is open."""
    return a_group_of(OPEN)


@pytest.fixture
def after(sqlite: str) -> Group:
    """The form has closed; everybody had answered, and Ada has shared her words."""
    group = a_group_of(OVER)
    at = window(group.cohort.sessions).opens
    with write() as db:
        for member in group.members:
            evaluations.answer(db, member, "practice_change", level=4, body="", at=at)
            evaluations.answer(db, member, "surprised", level=None, body=f"{member.name} {HOSTILE}", at=at)
        evaluations.share(db, group.members[0], "surprised", True, at=at)
    return group


def box(app: AppTest, label: str):
    (found,) = [one for one in app.text_area if label in one.label]
    return found


def box_above(app: AppTest, error: str):
    """The last text box that is drawn before this error."""
    drawn = [one for one in every(app.main) if one.type in ("text_area", "error")]
    return drawn[[one.type == "error" and one.value == error for one in drawn].index(True) - 1]


def every(block):
    """Whatever is drawn, from top to bottom."""
    for one in block.children.values():
        yield from every(one) if hasattr(one, "children") else [one]


def tick(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.checkbox if label in one.label).check().run()


def test_at_the_start_today_asks_for_the_hope_once(open_page: Open, sqlite: str) -> None:
    group = a_group_of(AHEAD)
    asks = "Say what you hope for, and the question you bring"
    assert asks in links(open_page("today", as_=group.members[0]))

    app = open_page("closing", as_=group.members[0])
    box(app, "What do you hope to achieve?").input("To listen better")
    box(app, "question or challenge").input("How do we stay in touch?")
    next(one for one in app.button if one.label == "Keep this").click().run()

    with read() as db:
        assert aspirations.mine(db, group.members[0]).hope == "To listen better"
    assert asks not in links(open_page("today", as_=group.members[0]))


def test_words_from_an_application_were_read_by_the_facilitators_and_it_says_so(open_page: Open, sqlite: str) -> None:
    with write() as db:
        opened = an_opening(db)
        ada = come_in(db, opened, "Ada", {"hope": "Less alone"})
        ben = a_member(db, opened.fay, opened.cohort, "Ben")

    for page in ("closing", "my_data"):
        assert "the facilitators have read there" in said(open_page(page, as_=ada))
        assert "the facilitators have read there" not in said(open_page(page, as_=ben))
    assert "Only you read this." not in said(open_page("closing", as_=ada))
    assert "Only you read this." in said(open_page("closing", as_=ben))


def test_an_answer_is_kept_when_its_box_is_left_and_there_again_later(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    app = open_page("closing", as_=ada)
    box(app, "What surprised you?").input(HOSTILE).run()
    app.radio[0].set_value(4).run()

    again = open_page("closing", as_=ada)

    assert box(again, "What surprised you?").value == HOSTILE
    assert again.radio[0].value == 4
    with read() as db:
        assert evaluations.mine(db, ada)["practice_change"].level == 4
        assert evaluations.mine(db, looking_back.members[1]) == {}


def test_rather_not_say_is_kept_like_any_answer(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    app = open_page("closing", as_=ada)
    app.radio[0].set_value(4).run()
    app.radio[0].set_value(NonAnswer.PASS).run()

    assert said(app).count("Kept.") == 1
    again = open_page("closing", as_=ada)
    assert again.radio[0].value == NonAnswer.PASS
    assert "Rather not say" in said(open_page("my_data", as_=ada))


def test_words_that_are_too_many_stay_in_their_box_and_are_refused_there(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    app = open_page("closing", as_=ada)
    box(app, "What surprised you?").input("The silence").run()
    assert said(app).count("Kept.") == 1
    too_many = "x" * (WORDS_MAX + 1)

    box(app, "What surprised you?").input(too_many).run()

    assert said(app).count("Kept.") == 0
    for _ in range(2):  # also after whatever else is done on the page
        assert f"That is {WORDS_MAX + 1} characters" in app.error[0].value
        assert box_above(app, app.error[0].value).label == "What surprised you?"
        assert box(app, "What surprised you?").value == too_many
        app.radio[0].set_value(1).run()
        assert said(app).count("Kept.") == 1, "of the radio alone"

    box(app, "What surprised you?").input("The laughter").run()
    assert not app.error
    assert said(app).count("Kept.") == 2
    with read() as db:
        assert evaluations.mine(db, ada)["surprised"].body == "The laughter"


def test_what_was_hoped_for_is_asked_again_in_its_own_words(open_page: Open, looking_back: Group) -> None:
    ada, ben = looking_back.members[:2]
    with write() as db:
        aspirations.bring(db, ada, hope="To listen better", brings="", at=NOW - OPEN)

    own, other = (open_page("closing", as_=member) for member in (ada, ben))

    assert "At the start you wrote: To listen better" in said(own)
    assert "How far has what you hoped for come about" in "".join(one.label for one in own.radio)
    assert "To listen better" not in said(other)
    assert "hoped for come about" not in "".join(one.label for one in other.radio)


LOOK_BACK = "Look back on the six sessions, until Tuesday 6 January, 16:00 (Europe/London{})"


def test_today_asks_to_look_back_until_everything_is_answered(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    with read() as db:
        asked = [one for one in evaluations.form().questions if not (one.again or one.yes)]
    for question in asked:
        if question in (asked[0], asked[-1]):
            assert LOOK_BACK.format("") in links(open_page("today", as_=ada))
        level, body = (NonAnswer.PASS, "") if question.levels else (None, "So")
        with write() as db:
            evaluations.answer(db, ada, question.key, level=level, body=body, at=CLOCK)

    assert not [one for one in links(open_page("today", as_=ada)) if one.startswith("Look back on the six")]
    assert "Look back and on" in links(open_page("today", as_=ada))
    assert LOOK_BACK.format("") in links(open_page("today", as_=looking_back.members[1]))


def test_until_when_the_form_is_open_is_said_on_ones_own_clock_too(
    open_page: Open, looking_back: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: "Europe/Athens"))
    ada, fay = looking_back.members[0], looking_back.facilitator
    when = "Tuesday 6 January, 16:00 (Europe/London; for you 18:00)"

    assert LOOK_BACK.format("; for you 18:00") in links(open_page("today", as_=ada))
    assert f"Open until {when}." in said(open_page("closing", as_=ada))
    assert f"It closes on {when}." in said(open_page("closing", as_=fay))


def test_before_the_count_it_is_said_that_it_has_closed_and_which_questions_get_no_picture(
    open_page: Open, after: Group
) -> None:
    before = said(open_page("closing", as_=after.facilitator))

    assert "It closed on " in before
    assert "A question on which fewer than 5 have answered gets no picture, then or later." in before


def test_what_was_written_at_the_end_is_not_said_to_be_of_the_start(open_page: Open, looking_back: Group) -> None:
    ada, ben = looking_back.members[:2]
    with write() as db:
        aspirations.bring(db, ben, hope="", brings="How?", at=NOW - OPEN)
    app = open_page("closing", as_=ada)
    box(app, "What do you hope to achieve?").input("Only now")
    next(one for one in app.button if one.label == "Keep this").click().run()

    own, other = (said(open_page("closing", as_=who)) for who in (ada, ben))

    assert "You wrote: Only now" in own
    assert "At the start" not in own
    assert "At the start you wrote: How?" in other


def test_what_is_asked_about_stays_and_what_is_missing_can_be_said(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    with write() as db:
        aspirations.bring(db, ada, hope="To listen better", brings="", at=NOW - OPEN)
    app = open_page("closing", as_=ada)

    assert "What do you hope to achieve?" not in [one.label for one in app.text_area]
    box(app, "question or challenge").input("How?")
    next(one for one in app.button if one.label == "Keep this").click().run()

    with read() as db:
        found = aspirations.mine(db, ada)
    assert (found.hope, found.brings) == ("To listen better", "How?")
    again = open_page("closing", as_=ada)
    assert "Keep this" not in [one.label for one in again.button]
    assert said(again).count("To listen better") == 2


def test_an_applications_hope_is_of_the_start_whatever_is_added_later(open_page: Open, sqlite: str) -> None:
    with write() as db:
        opened = an_opening(db)
        ada = come_in(db, opened, "Ada", {"hope": "Less alone"})
        end = opened.cohort.session(6).ends_at
        aspirations.bring(db, ada, hope="Less alone", brings="How?", at=end)
        found = aspirations.mine(db, ada)

    assert found.is_of_the_start("hope", opened.cohort.start_ends)
    assert not found.is_of_the_start("brings", opened.cohort.start_ends)


def test_words_are_shared_one_by_one_and_taken_back(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    app = open_page("closing", as_=ada)
    box(app, "What surprised you?").input("The silence").run()
    assert "The silence" not in said(open_page("closing", as_=looking_back.facilitator))

    tick(open_page("closing", as_=ada), "The facilitators may read this")
    begun = "1 of 6 has begun the form. Beyond what is shared with you below, who they are is not shown."
    assert begun in said(open_page("closing", as_=looking_back.facilitator))

    assert "The silence" in said(open_page("closing", as_=looking_back.facilitator))
    next(o for o in open_page("closing", as_=ada).checkbox if "may read" in o.label).uncheck().run()
    assert "The silence" not in said(open_page("closing", as_=looking_back.facilitator))


def test_a_facilitator_sees_a_count_of_people_and_cannot_count_yet(open_page: Open, looking_back: Group) -> None:
    with write() as db:
        evaluations.answer(
            db, looking_back.members[0], "practice_change", level=4, body="",
            at=window(looking_back.cohort.sessions).opens,
        )  # fmt: skip

    app = open_page("closing", as_=looking_back.facilitator)

    assert "1 of 6 has begun the form. Who they are is not shown." in said(app)
    assert "Tried something" not in said(app)
    assert next(one for one in app.button if one.label == "Count the answers").disabled


def test_counted_with_one_press_everybody_sees_the_picture(open_page: Open, after: Group) -> None:
    app = open_page("closing", as_=after.facilitator)
    assert "Tried something" not in said(app)
    assert "Ada &lt;script&gt;" in said(app)
    assert "Ben &lt;script&gt;" not in said(app)

    next(one for one in app.button if one.label == "Count the answers").click().run()

    for who in (after.facilitator, after.members[1]):
        assert "Tried something" in said(open_page("closing", as_=who))
    assert "Fewer than 5 of us" in said(open_page("closing", as_=after.members[1]))  # of the hopes nobody spoke
    assert "“Our hopes” stays closed." in said(open_page("closing", as_=after.members[1]))


def test_after_it_has_closed_it_says_so_and_today_still_leads_there(open_page: Open, after: Group) -> None:
    app = open_page("closing", as_=after.members[0])

    assert "The form closed on Tuesday 30 December, 16:00 (Europe/London)" in said(app)
    assert "Look back and on" in links(open_page("today", as_=after.facilitator))
    assert "Look back and on" in links(open_page("today", as_=after.members[0]))


def test_my_data_shows_what_was_said(open_page: Open, after: Group) -> None:
    page = said(open_page("my_data", as_=after.members[0]))

    assert "What surprised you? Ada &lt;script&gt;" in page
    assert "Shared with the facilitators since" in page


DECISION = "We meet every month"


def decide(app: AppTest, words: str) -> AppTest:
    box(app, "What we decided").input(words)
    return next(one for one in app.button if one.label == "Keep what we decided").click().run()


def test_the_decision_is_written_once_and_read_by_all(open_page: Open, after: Group) -> None:
    with write() as db:
        run_round(db, after.facilitator, after.cohort, after.members, 1, [(2, 3)] * 6, at=NOW)
    decide(open_page("closing", as_=after.facilitator), f"{DECISION} {HOSTILE}")

    for who in (after.facilitator, after.members[0]):
        walk = open_page("review", as_=who, door="ours", step="99")
        assert f"{DECISION} &lt;script&gt;" in said(walk)
    assert f"{DECISION} &lt;script&gt;" in said(open_page("closing", as_=after.members[0]))


def test_a_colleagues_record_is_not_written_over_and_no_word_is_lost(open_page: Open, after: Group) -> None:
    app = open_page("closing", as_=after.facilitator)
    with write() as db:
        theirs = dict.fromkeys(("options", "feedback", "resources", "who"), "") | {"decided": "We stop here"}
        decisions.write_down(db, after.facilitator, after.cohort.id, **theirs, version=0, at=NOW)

    decide(app, DECISION)

    assert "Another facilitator has changed this" in "".join(one.value for one in app.error)
    assert "We stop here" in said(app)
    assert box(app, "What we decided").value == DECISION
    decide(app, DECISION)
    with read() as db:
        assert decisions.of(db, after.facilitator, after.cohort.id).decided == DECISION


def test_the_next_cohort_is_prepared_in_one_form(open_page: Open, after: Group) -> None:
    app = open_page("closing", as_=after.facilitator)
    next(one for one in app.text_input if one.label == "Name of the next cohort").input("Second group")
    next(one for one in app.button if one.label == "Prepare the next cohort").click().run()

    assert not app.exception
    with read() as db:
        assert "Second group" in [one.name for one in cohorts.of_visitor(db, after.facilitator)]
    assert "Prepare the next cohort" not in [one.label for one in open_page("closing", as_=after.members[0]).button]


def test_the_agreement_is_made_and_agreed_to(open_page: Open, looking_back: Group) -> None:
    ada = looking_back.members[0]
    assert "How we work together" in links(open_page("today", as_=ada))
    assert "a lack of judgement" in said(open_page("agreement", as_=ada))
    app = open_page("agreement", as_=looking_back.facilitator)
    box(app, "The agreement").input(f"Pass is fine\n{HOSTILE}")
    next(one for one in app.button if one.label == "Keep this agreement").click().run()

    member = open_page("agreement", as_=ada)
    assert "Pass is fine" in said(member)
    next(one for one in member.button if one.label == "I agree to this").click().run()

    assert "1 of 6 have agreed" in said(open_page("agreement", as_=looking_back.facilitator))
    assert "You have agreed to this" in said(open_page("agreement", as_=ada))


def test_an_agreement_that_a_colleague_changed_is_said_and_the_words_stay(open_page: Open, looking_back: Group) -> None:
    fay, cohort = looking_back.facilitator, looking_back.cohort
    app = open_page("agreement", as_=fay)
    with write() as db:
        agreements.write_down(db, fay, cohort.id, lines="Theirs", version=0, at=NOW)

    for times in (1, 2):
        box(app, "The agreement").input("Ours")
        next(one for one in app.button if one.label == "Keep this agreement").click().run()
        assert bool(app.error) == (times == 1)
        assert box(app, "The agreement").value == "Ours"

    with read() as db:
        assert agreements.of(db, fay, cohort.id).lines == ("Ours",)


def test_whoever_missed_the_end_answers_for_their_own_journey(open_page: Open, looking_back: Group) -> None:
    ada, *others = looking_back.members
    with write() as db:
        choose_focus(db, ada, connections())
        run_round(db, looking_back.facilitator, looking_back.cohort, others, 6, [(2, 3)] * 5,
                  card=a_card(themes=["tools"]), at=NOW)  # fmt: skip

    app = open_page("closing", as_=ada)
    next(one for one in app.radio if "Where is it now" in one.label).set_value(3).run()
    next(one for one in app.radio if "Where do you hope" in one.label).set_value(4).run()

    with read() as db:
        (card,) = late.cards(db, ada, at=CLOCK)
    assert (card.answers["tools"].current, card.answers["tools"].desired) == (3, 4)
    assert "Maturing now, Embedded hoped for, answered afterwards" in said(open_page("journey", as_=ada))
    assert "You were not in when we voted" not in said(open_page("closing", as_=others[0]))


def test_the_owner_takes_the_waiting_list_along_and_nobody_else_is_asked(open_page: Open, after: Group) -> None:
    fay, cohort = after.facilitator, after.cohort
    with write() as db:
        opened = openings.write_down(
            db, fay, cohort.id, plan=Plan((NOW + timedelta(days=1)).replace(tzinfo=None)), words=WORDS, at=NOW
        )
        openings.publish(db, fay, cohort.id, at=NOW)
        applies(db, Opened(fay, cohort, opened.slug), "Yan", at=NOW)
        (yan,) = applicants.of_cohort(db, fay, cohort.id)
        applicants.decide(db, fay, yan.id, decision="waiting", at=NOW)
        co = a_facilitator(db, "co")
        facilitators.accept_as(db, co, facilitators.invite(db, fay, cohort.id, at=NOW), at=NOW)
    assert "waiting list" not in "".join(one.label for one in open_page("closing", as_=co).checkbox)

    app = open_page("closing", as_=fay)
    next(one for one in app.text_input if one.label == "Name of the next cohort").input("Second group")
    next(one for one in app.checkbox if one.label == "Take along who is on the waiting list (1)").check()
    next(one for one in app.button if one.label == "Prepare the next cohort").click().run()

    assert not app.exception
    with read() as db:
        made = next(one for one in cohorts.of_visitor(db, fay) if one.name == "Second group")
        assert [(one.name, one.place) for one in applicants.of_cohort(db, fay, made.id)] == [("Yan", 1)]
        assert applicants.of_cohort(db, fay, cohort.id) == ()


def a_check(group: Group, key: str, number: int, answers: list[int]) -> None:
    card = a_card(instruments.offered()[key])
    with write() as db:
        ballots = [(level, None) for level in answers]
        run_round(db, group.facilitator, group.cohort, group.members, number, ballots, card=card)


def test_the_count_of_a_quick_check_stands_beside_the_decision(open_page: Open, looking_back: Group) -> None:
    a_check(looking_back, "quick_check", 2, [1] * 6)  # of something else, in the middle of the six
    a_check(looking_back, "next_steps", 6, [4, 4, 4, 4, 3, 1])
    with write() as db:
        decisions.write_down(
            db, looking_back.facilitator, looking_back.cohort.id, options="", feedback="", resources="",
            decided="We go on until June", who="", version=0, at=NOW,
        )  # fmt: skip

    for who in (looking_back.members[0], looking_back.facilitator):
        app = open_page("closing", as_=who)
        assert not app.exception
        assert said(app).count('class="need">Quick check: Next steps<') == said(app).count("Quick check") == 1
        assert any("6 of 6 members answered" in one.value for one in app.caption)
        assert {"Yes": "4", "Rather yes": "1", "No": "1"}.items() <= counts(app).items()
    assert "We go on until June" in said(open_page("closing", as_=looking_back.members[0]))


def counts(app: AppTest) -> dict[str, str]:
    """The first line of the first table."""
    return dict(app.table[0].value.iloc[0])


def test_a_proposal_in_the_last_session_is_checked_too_and_a_check_again_takes_its_place(
    open_page: Open, looking_back: Group
) -> None:
    group = looking_back
    a_check(group, "quick_check", 6, [1, 1, 2, 2, 3, 3])
    with write() as db:
        (first, _), *_ = decisions.checks(db, group.facilitator, group.cohort.id)
        again = rounds.vote_again(db, group.facilitator, first.id, at=NOW)
        answer(db, again, group.members, [(3, None)] * 6, at=NOW)
        assert [one.attempt for one, _ in decisions.checks(db, group.members[0], group.cohort.id)] == [1]
        close_and_reveal(db, group.facilitator, again, at=NOW)

    app = open_page("closing", as_=group.members[0])

    assert said(app).count('class="need">Quick check<') == 1
    assert counts(app)["I am for it"] == "6"


def test_before_anything_was_checked_nothing_stands_there(open_page: Open, looking_back: Group) -> None:
    assert "Quick check" not in said(open_page("closing", as_=looking_back.members[0]))


def test_closing_leads_to_the_start_seen_twice_once_we_have_looked_back(open_page: Open, looking_back: Group) -> None:
    ada, fay = looking_back.members[0], looking_back.facilitator
    mine, ours = (f"How {who} saw the start then and see it now: Journey" for who in ("you", "we"))
    assert mine not in links(open_page("closing", as_=ada))

    a_check(looking_back, "self_ratings_then", 6, [2] * 6)

    assert mine in links(open_page("closing", as_=ada))
    assert ours in links(open_page("closing", as_=fay))


@pytest.mark.parametrize("page", ["today", "closing"])
def test_who_knocks_after_the_last_session_is_let_in_where_a_facilitator_looks(
    open_page: Open, after: Group, page: str
) -> None:
    with write() as db:
        link = members.link_token(db, after.facilitator, after.members[0].member_id or "", at=NOW)
        members.join_by_link(db, link, browser_token=None, at=CLOCK)

    app = open_page(page, as_=after.facilitator)

    assert "Ada** is at the door with another phone" in said(app)
    next(one for one in app.button if one.label == "Let in").click().run()
    assert "at the door" not in said(open_page(page, as_=after.facilitator))
    assert "at the door" not in said(open_page(page, as_=after.members[1]))
