"""The forms of test_half_typed_forms.py: whose each is, where it is, how one gets to its box, how it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page
from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.entry import EntryKind, Said
from mcm_core.domain.visitor import Visitor
from mcm_core.services import cohorts, entries, instruments, topics
from tests.browser.conftest import press
from tests.browser.test_accessibility import CALM
from tests.services.note_world import a_note
from tests.services.people import a_facilitator, a_member
from tests.services.stories import NAMES, Group, a_pulse, an_open_round, answer_pulse, close_pulse

# A fold that opens moves the page, and what opens above the page meanwhile can come to lie beside the screen.
SETTLED = """() => {
  const high = document.querySelector("[data-testid=stMain]").scrollHeight, now = performance.now();
  if (window.wasHigh !== high) [window.wasHigh, window.highSince] = [high, now];
  return now - window.highSince > 400;
}"""
LONDON = ZoneInfo("Europe/London")
NOTE, TOPIC = "A note as it stands", "How do we say no kindly?"
ENTRY, TRY = "I was heard", "Ask it first"
COMMENT, DRAWN = "fewer slides", "Keep, change or pause: fewer slides"


@dataclass(frozen=True)
class World:
    """Two groups that met yesterday: one of two members, with something by Ada in it; and one of eight, which has
    answered News and views, and votes just now."""

    few: Group
    many: Group

    def who(self, form: Form) -> Visitor:
        group = self.many if form.many else self.few
        return group.facilitator if form.facilitates else group.members[0]

    def address(self, form: Form) -> str:
        """A facilitator has both groups, and says which one."""
        group = self.many if form.many else self.few
        return f"{form.path}?cohort={group.cohort.id}" if form.facilitates else form.path


@dataclass(frozen=True)
class Form:
    """`ways` are pressed in turn to get to the box: a fold (“>”), a tick (“✓”), or a button. `first` is chosen before
    it is sent with `send`. `stored` is what stands in the box before; `seen`, where the words stand then, if elsewhere.
    """

    path: str
    ways: tuple[str, ...]
    box: str
    send: str
    stored: str = ""
    first: tuple[str, ...] = ()
    typed: str = " half a sentence"
    many: bool = False
    facilitates: bool = False
    seen: str = ""

    def open(self, page: Page) -> Locator:
        """The box, in a page that was just loaded."""
        for way in self.ways:
            if way[0] in ">✓":
                fold = page.get_by_text(way[2:], exact=True).first
                fold.wait_for()
                page.wait_for_function(CALM)
                fold.click()
                page.wait_for_function(SETTLED)
            else:
                press(page, way)
        return page.get_by_label(self.box, exact=True).last

    def save(self, page: Page) -> None:
        page.wait_for_function(CALM)
        for option in self.first:
            page.get_by_text(option, exact=True).first.click()
        page.wait_for_function(CALM)
        page.wait_for_function(SETTLED)
        page.get_by_role("button", name=self.send, exact=True).last.click()


FORMS = {
    "a note that is changed": Form("/notes", ("Change",), "Change your note", "Save the change", NOTE),
    "a named note to the facilitators": Form(
        "/news",
        ("> Write to the facilitators, with my name",),
        "What should we keep, change or pause?",
        "Send it with my name",
        seen="/notes",
    ),
    "an answer of the own plan": Form(
        "/prepare",
        ("> Share one answer with your facilitator",),
        "What helps me feel well and take part?",
        "Yes, share this with my facilitator",
    ),
    "the tool to practise": Form(
        "/prepare",
        ("> Say what you would like to learn",),
        "Which one tool would you like practice with?",
        "Keep my answers",
    ),
    "a gap of the document": Form(
        "/prepare",
        ("> Fill in what is your own",),
        "Expenses. What you pay for, and how to ask for it.",
        "Keep these words",
        facilitates=True,
    ),
    "the name of a relationship": Form(
        "/vote",
        (),
        "Your private name for it (needed)",
        "This is the one",
        first=("service users", "1 to many"),
        many=True,
    ),
    "an entry that is changed": Form(
        "/between", ("> Diary of a collaborator", "Change"), "My entry", "Save the change", ENTRY
    ),
    "an entry that is shared": Form(
        "/between", ("> Something to try", "Share"), "What others read", "Share it", TRY, seen="/notes"
    ),
    "a topic that is changed": Form("/topics", ("> This is yours",), "Change the words", "Save the change", TOPIC),
    "a comment that is shared": Form(
        "/news",
        ("✓ Share comment 1",),
        "Put […] in the place of words that point at somebody",
        "Share 1 of 8 with everybody",
        DRAWN,
        typed=" […]",
        many=True,
        facilitates=True,
    ),
}


def two_groups(db: Session, username: str, *, at: datetime) -> World:
    """Made ten days ago, so that their first session was yesterday at noon."""
    instruments.register(db)
    fay = a_facilitator(db, username, at=at)
    few, many = (_group(db, fay, name, size, at) for name, size in (("A few", 2), ("Many", 8)))
    ada = few.members[0]
    a_note(db, ada, few.cohort, NOTE)
    entries.add(db, ada, EntryKind.DIARY, Said({"words": ENTRY}), at=at)
    entries.add(db, ada, EntryKind.TRY, Said({"apply": TRY}), at=at)
    topics.propose(db, ada, few.cohort.id, kind="question", text=TOPIC, named=False, at=at)
    pulse = a_pulse(db, many)
    answer_pulse(db, many, pulse, [3] * 8, texts={"change": COMMENT})
    close_pulse(db, many, pulse)
    an_open_round(db, fay, many.cohort, 2, at=at)
    return World(few, many)


def _group(db: Session, fay: Visitor, name: str, size: int, at: datetime) -> Group:
    cohort = _met_yesterday(db, fay, name, at.astimezone(LONDON).date() - timedelta(days=1), at)
    return Group(fay, cohort, tuple(a_member(db, fay, cohort, called, at=at) for called in NAMES[:size]))


def _met_yesterday(db: Session, fay: Visitor, name: str, day: date, at: datetime) -> Cohort:
    when = {"first": day, "weekday": day.weekday(), "at_time": time(12), "at": at - timedelta(days=10)}
    return cohorts.create(db, fay, name=name, time_zone="Europe/London", **when)  # type: ignore[arg-type]
