"""A session of the six weeks by its run-sheet: pressed in a browser, with phones that are connected. Whatever a block
opens, those in the room answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round, RoundState
from mcm_core.services import attendance, bags, focuses, rounds, run_sheets
from mcm_core.store.engine import read, write
from tests.browser.by_hand import AMINA
from tests.browser.conftest import press
from tests.browser.connections import Connections
from tests.browser.six_weeks import Walk
from tests.browser.taps import Taps
from tests.browser.test_anonymous import answer_everything
from tests.browser.test_run_sheet import primary

PACE = timedelta(minutes=9)  # between two presses in a browser


def on_stage(walk: Walk, leads: str) -> Round | None:
    """The vote that is open, if one is."""
    with read() as db:
        found = rounds.on_stage(db, walk.who(leads), walk.cohort_id, at=walk.now)
    return found if found and found.state is RoundState.OPEN else None


def chooses_focus(walk: Walk, name: str, instrument: Instrument) -> None:
    """Which relationship somebody has in mind, once."""
    with write() as db:
        if focuses.mine(db, walk.who(name)) is None:
            party, shape = str(instrument.parties[0]), str(instrument.constellations[0])
            focuses.choose(
                db, walk.who(name), instrument, party=party, constellation=shape, label="outreach calls", at=walk.now
            )


def ballot(round_: Round, place: int) -> dict[str, Reading]:
    """What the person at this place answers: people begin apart and move up at different paces."""
    asked = round_.card.instrument
    now = min(len(asked.levels), 1 + (place + round_.session_number) % 3)
    hope = min(len(asked.levels), now + 1 + place % 2) if asked.asks_desired else None
    return {theme.key: Reading(now, hope) for theme in round_.card.asked}


def _drop(walk: Walk, round_: Round, names: Sequence[str]) -> None:
    """Everybody of these, each in a transaction of their own."""
    for place, name in enumerate(names):
        with write() as db:
            bags.drop(db, walk.who(name), round_.id, ballot(round_, place))


def answer_by_connection(walk: Walk, round_: Round, names: Sequence[str], phones: Connections) -> None:
    """Everybody of these, as a phone sends it; an anonymous ballot is a form of Streamlit's, and goes by its verb."""
    if round_.card.mode is Mode.ANONYMOUS:
        _drop(walk, round_, names)
        return
    said = {walk.tokens[name]: ballot(round_, place) for place, name in enumerate(names)}
    assert phones.vote(round_.id, said) == len(names) * len(round_.card.asked)


def answer_by_hand(walk: Walk, round_: Round, taps: Taps) -> None:
    """One person in a browser, whose page has gone to the ballot by itself."""
    phone = taps.page
    phone.wait_for_url("**/vote*")
    if round_.card.mode is Mode.ANONYMOUS:
        answer_everything(phone)
        taps.taps += phone.get_by_role("radiogroup").count()
        taps.press("Send")
        expect(phone.get_by_text("Your answers are in")).to_be_visible()
        return
    with read() as db:
        is_new = round_.card.instrument.focus and focuses.mine(db, walk.who(taps.who)) is None
    if is_new:
        taps.tap(phone.get_by_test_id("stRadioOption").filter(has_text="service users").first)
        taps.tap(phone.get_by_test_id("stRadioOption").filter(has_text="1 to some").first)
        taps.write(phone.get_by_label("Your private name for it"), "evening calls")
        taps.press("This is the one")
    for place in range(len(round_.card.asked)):
        card = phone.locator(".ballot .card").nth(place)
        for question, option in enumerate((1, 2)[: len(round_.card.instrument.answers)]):
            taps.tap(card.locator("fieldset").nth(question).locator(".rung").nth(option))
        expect(card.get_by_text("Saved")).to_be_visible()
    expect(phone.get_by_text("Thank you.")).to_be_visible()


def pressed_through(walk: Walk, leads: Taps, hers: Taps, names: Sequence[str], phones: Connections) -> int:
    """Press the one button that stands out until it would end the session, while those in the room answer whatever
    opens; returns how many votes there were. `leads` presses, `hers` is the phone that is a browser."""
    walk.page("room", width=1366, height=768)
    walk.opens("room", f"/room?cohort={walk.cohort_id}")
    answered = set[str]()
    while "End session" not in (said := the_button(leads.page).inner_text()):
        _answer(walk, leads, hers, names, phones, answered)
        the_button(leads.page).click()
        expect(primary(leads.page).filter(has_text=said)).to_have_count(0)
        leads.taps += 1
        if leads.taps == 2:
            expect(
                hers.page.get_by_role("heading", name=said.partition(": ")[2].removesuffix(" (closes the vote)"))
            ).to_be_visible()
            walk.picture(hers.page, "block")
        walk.clock.set(walk.now + PACE)
        if "Reveal" in said:
            is_revealed(walk, leads)
    the_button(leads.page).click()
    expect(leads.page.get_by_text(" has ended.")).to_be_visible()
    return len(answered)


def _answer(walk: Walk, leads: Taps, hers: Taps, names: Sequence[str], phones: Connections, answered: set[str]) -> None:
    """Everybody answers what is open, once."""
    opened = on_stage(walk, leads.who)
    if opened and opened.id not in answered:
        answered.add(opened.id)
        answer_by_connection(walk, opened, names, phones)
        answer_by_hand(walk, opened, hers)


def is_revealed(walk: Walk, leads: Taps) -> None:
    """What was just revealed stands in the room."""
    room = walk.page("room")
    expect(room.locator(".js-plotly-plot").first).to_be_visible()
    walk.picture(room, "room")
    walk.picture(leads.page, "facilitate")


def the_button(desk: Page) -> Locator:
    """The primary button, of which there is one at every moment."""
    expect(primary(desk)).to_have_count(1)
    return primary(desk)


def led(walk: Walk, leads: str, number: int, names: Sequence[str]) -> None:
    """A whole session by its one button, with these people in the room besides the one whose phone is a browser."""
    with Connections(walk.server.url, [walk.tokens[name] for name in names]) as phones:
        walk.opens(AMINA, "/")
        walk.page(leads, width=1280)
        press(walk.opens(leads, f"/facilitate?cohort={walk.cohort_id}"), f"Begin session {number}")
        steps = walk.counts(f"Run session {number}", "–", leads)
        assert pressed_through(walk, steps, walk.counts(f"Vote in session {number}", "–", AMINA), names, phones) > 0


def come_to(walk: Walk, number: int, *, minutes: int = -5) -> None:
    """It is five minutes before a session, and the facilitators have signed in."""
    walk.moves_to(during(walk.cohort, number, minutes))
    walk.sits_down("nel")
    walk.sits_down("jo")
    walk.tokens["room"] = walk.tokens["nel"]


def during(cohort: Cohort, number: int, minutes: int) -> datetime:
    """A moment of a session, counted from its beginning; negative for before."""
    return cohort.session(number).starts_at.astimezone(UTC) + timedelta(minutes=minutes)


def came(walk: Walk, number: int) -> set[str]:
    """Who was at a session, as the facilitators see it."""
    with read() as db:
        people = attendance.of_session(db, walk.who("nel"), walk.cohort.session(number).id)
    return {one.name for one in people if one.here}


def stands_in_the_way(walk: Walk, number: int) -> str:
    """What has to be done before a session can begin, as its desk says it."""
    with read() as db:
        return " ".join(run_sheets.hindrances(db, walk.who("nel"), walk.cohort.session(number).id))
