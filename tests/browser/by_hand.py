"""What people do by hand in the six weeks, in a browser and counted: the tasks that the bars are about."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import press, set_up_second_step
from tests.browser.six_weeks import PEOPLE, Walk, email_of
from tests.browser.taps import Taps
from tests.browser.test_accessibility import CALM
from tests.browser.test_anonymous import answer_everything

AMINA, *OTHERS = PEOPLE
PASSWORD = "four unrelated words here"
SAID = {"why": "To learn", "hope": "To feel less alone with the hard calls", "role": "front line"}
WEEK = {"Tuesday afternoon": "prefer", "Thursday afternoon": "can", "Monday morning": "can't"}
QUESTION = "How do I end a call kindly?"
DECIDED = "We go on, every second month"
CHANGED = "It is ten minutes from now on"


def sets_up(walk: Walk) -> Taps:
    """From the link that the server prints to twelve links that are on their way."""
    desk = walk.page("nel", width=1280, height=900)
    desk.goto(walk.server.set_up)
    nel = walk.counts("Set up a cohort of 12 with six dates and send the links", "under 10 minutes", "nel")
    nel.write("Your name", "Nel Mathams")
    nel.write("Username", "nel")
    nel.write("Password", PASSWORD)
    nel.press("Set up my account")
    set_up_second_step(desk, at=walk.now)
    nel.taps, nel.words = nel.taps + 3, nel.words + 1  # the code and its button, and “I have kept them”
    nel.write("Name of the cohort", "Tuesday group")
    nel.press("Create this cohort")
    nel.write("Names to add, one on each line", "\n".join(f"{name} {email_of(name)}" for name in PEOPLE[:12]))
    nel.press("Add these members")
    expect(desk.get_by_text("12 of 20 members")).to_be_visible()
    nel.tap(desk.get_by_role("link", name="Write to members"))
    nel.press("Write everybody their link")
    expect(desk.get_by_role("heading", name="To send: 12")).to_be_visible()
    nel.press("Send all 12")
    expect(desk.get_by_role("heading", name="Nothing to send")).to_be_visible()
    return nel


def is_interested(walk: Walk) -> None:
    """On a phone: who it is for, and an address left."""
    phone = walk.page("a stranger")
    phone.goto(f"{walk.server.url}/open/{walk.slug}")
    expect(phone.get_by_text("29 September")).to_be_visible()  # the week; the day is found with those who apply
    walk.picture(phone, "public-page")
    form = phone.locator("#interest")
    form.get_by_label("Your name").fill(AMINA)
    form.get_by_label("Your e-mail address").fill(email_of(AMINA))
    form.get_by_role("button", name="Keep me posted").click()
    expect(phone.get_by_text("We have noted it")).to_be_visible()


def applies(walk: Walk) -> Taps:
    """On a phone, from the public page to an application that has arrived."""
    phone = walk.page("a stranger")
    phone.goto(f"{walk.server.url}/open/{walk.slug}")
    amina = walk.counts("Apply, with a question and three times of the week", "–", "a stranger")
    form = phone.locator("#apply")
    amina.write(form.get_by_label("Your name"), AMINA)
    amina.write(form.get_by_label("Your e-mail address"), email_of(AMINA))
    amina.tap(form.get_by_role("button", name="Begin my application"))
    amina.write("Why do you want to take part?", SAID["why"])
    amina.write("What do you hope to achieve?", SAID["hope"])
    amina.tap(phone.get_by_text("Front line", exact=True))
    amina.write("A challenge or question you would like to bring", QUESTION)
    amina.tap(phone.get_by_text("The group may see this question on its list of topics"))
    for time, word in WEEK.items():
        amina.tap(phone.get_by_role("radiogroup", name=time).get_by_text(word.capitalize(), exact=True))
    expect(phone.locator("#kept")).to_have_text(re.compile("^Saved"))
    walk.picture(phone, "application", top="What do you hope to achieve?")
    amina.tap(phone.get_by_role("button", name="Send my application"))
    expect(phone.get_by_text("has arrived")).to_be_visible()
    return amina


def reads_the_first_application(walk: Walk) -> Page:
    """Says what she thinks, sees what the other one does, and gives a place; the desk."""
    walk.page("nel", width=1280, height=900)
    desk = walk.opens("nel", f"/applicants?cohort={walk.cohort_id}")
    expect(desk.get_by_text("You see it once you have said it yourself")).to_be_visible()
    desk.get_by_test_id("stRadioOption").filter(has_text="Yes").click()
    press(desk, "Keep what I think")
    expect(desk.get_by_text("Jo Salazar: abstains. We work together")).to_be_visible()
    walk.picture(desk, "applicants", top="Applications")
    press(desk, "Give a place")
    return desk


def fixes_and_tells(walk: Walk, desk: Page) -> None:
    """The six dates, the group, and a message to everybody who applied."""
    press(desk, "Fix these six dates")
    expect(desk.get_by_text("The six dates are fixed, from").first).to_be_visible()
    press(desk, "Confirm the group")
    expect(desk.get_by_text("The group is confirmed.").first).to_be_visible()
    desk.get_by_role("link", name="To the messages").click()
    press(desk, desk.get_by_role("button", name="Send all").inner_text())
    expect(desk.get_by_role("heading", name="Nothing to send")).to_be_visible()


def comes_in(walk: Walk, link: str) -> None:
    """By a personal link; the document comes before anything else."""
    phone = walk.page(AMINA)
    amina = walk.counts("Come in by one’s link and read the document", "–", AMINA)
    phone.goto(walk.server.url + link)
    amina.press("Join")
    expect(phone.get_by_role("heading", name="Before you take part")).to_be_visible()
    expect(phone.get_by_role("link", name="Vote", exact=True)).to_have_count(0)
    walk.picture(phone, "document")
    amina.press("I have read this document")
    expect(phone.get_by_role("heading", name="Autumn circle")).to_be_visible()
    walk.tokens[AMINA] = next(one["value"] for one in phone.context.cookies() if one["name"] == "mcm")
    phone.wait_for_function(CALM)
    walk.picture(phone, "today")


def gives_three_dots(walk: Walk) -> Page:
    """One after the other to the first topic that takes another one."""
    phone = walk.opens(AMINA, "/topics")
    expect(phone.get_by_text(QUESTION).first).to_be_visible()  # from the application: nothing is typed twice
    amina = walk.counts("Give three dots", "–", AMINA)
    for left in ("You have 2 of 3", "You have 1 of 3", "All your dots are given"):
        amina.press("Give a dot")
        expect(phone.get_by_text(left)).to_be_visible()
    walk.picture(phone, "dots", top="All your dots are given")
    return phone


def lives_through_a_week(walk: Walk) -> Taps:
    """How was it, have we met, one line, something to try: all that Today asks for between two sessions."""
    phone = walk.opens(AMINA, "/")
    amina = walk.counts("Everything asked of a member in a week", "under 6 minutes", AMINA)
    amina.tap(phone.get_by_role("link", name=re.compile("How was session 1")))
    phone.wait_for_function(CALM)
    answer_everything(phone)
    amina.taps += phone.get_by_role("radiogroup").count()
    amina.write(phone.get_by_label("What should we keep, change or pause?"), "A longer break would help me")
    amina.press("Send")
    expect(phone.get_by_text("Your answers are in")).to_be_visible()
    phone.goto(walk.server.url)
    amina.taps += 1  # the way back
    amina.tap(phone.get_by_role("link", name="Between sessions"))
    amina.press("We met")
    amina.write("One thing I take away, in one line", "Ask about the best time to call before calling")
    amina.press("Keep this line")
    expect(phone.get_by_text("until they say that the group may")).to_be_visible()
    walk.picture(phone, "between")
    phone.wait_for_function(CALM)  # a run that is still on its way would close what the next tap opens
    amina.tap(phone.locator("details > summary").filter(has_text="Something to try").first)
    amina.write("How might this apply in my role?", "Ask for the best time in the first message already")
    amina.press("Note something to try")
    expect(phone.get_by_text("Ask for the best time in the first message already").first).to_be_visible()
    return amina


def prepares_session_two(walk: Walk) -> Taps:
    """Say back what was changed, and look at the plan and change it."""
    desk = walk.opens("nel", f"/?cohort={walk.cohort_id}")
    nel = walk.counts("Prepare a session", "under 5 minutes", "nel")
    nel.tap(desk.get_by_role("link", name="write what you changed"))
    desk.wait_for_function(CALM)
    nel.write("You said", "The break was too short")
    nel.write("What you did, or why not", CHANGED)
    nel.press("Show it to everybody")
    expect(desk.get_by_text(CHANGED).first).to_be_visible()
    desk.goto(f"{walk.server.url}/?cohort={walk.cohort_id}")
    nel.taps += 1  # the way back
    nel.tap(desk.get_by_role("link", name="Look at the plan of the next session"))
    nel.tap(desk.get_by_test_id("stRadioOption").filter(has_text="The challenge"))
    nel.press("5 minutes less")
    expect(desk.get_by_text("5 minutes are free.")).to_be_visible()
    walk.picture(desk, "plan")
    return nel


def looks_back(walk: Walk) -> None:
    """One answer of the form, after the last session."""
    phone = walk.opens(AMINA, "/closing")
    expect(phone.get_by_text(f"At the start you wrote: {SAID['hope']}").first).to_be_visible()
    phone.get_by_test_id("stRadioOption").filter(has_text="Mostly").first.click()
    expect(phone.get_by_text("Kept.", exact=True).first).to_be_visible()
    walk.picture(phone, "closing", top="At the start you wrote")


def writes_the_decision(walk: Walk) -> None:
    """What the facilitators write down of how the group goes on, with the count of the quick check before them."""
    desk = walk.opens("nel", f"/closing?cohort={walk.cohort_id}")
    expect(desk.get_by_text("Quick check: Next steps")).to_be_visible()
    desk.get_by_label("What we decided").fill(DECIDED)
    press(desk, "Keep what we decided")
    desk.wait_for_timeout(300)
    desk.wait_for_function(CALM)
