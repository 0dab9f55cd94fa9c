"""The forms of test_half_typed_forms.py: whose each is, where it is, how one gets to its box, how it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browser.conftest import press
from tests.browser.test_accessibility import CALM
from tests.browser.two_groups import (
    AGREED,
    CONTACT,
    DRAWN,
    DROP_IN,
    ENTRY,
    MESSAGE,
    NOTE,
    TOLD,
    TOPIC,
    TRY,
)

# A fold that opens moves the page, and what opens above the page meanwhile can come to lie beside the screen.
SETTLED = """() => {
  const high = document.querySelector("[data-testid=stMain]").scrollHeight, now = performance.now();
  if (window.wasHigh !== high) [window.wasHigh, window.highSince] = [high, now];
  return now - window.highSince > 400;
}"""


@dataclass(frozen=True)
class Form:
    """`ways` are pressed in turn to get to the box: a fold (“>”), a tick or choice (“✓”), or a button. `first` is
    chosen before it is sent with `send`; `also` is written into another box. `stored` is what stands in the box before;
    `seen`, where the words stand then, if elsewhere; `behind`: only in the box, once one gets to it again.
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
    also: tuple[str, str] | None = None
    behind: bool = False

    def open(self, page: Page) -> Locator:
        """The box, in a page that was just loaded."""
        for way in self.ways:
            if way[0] in ">✓":
                within = page.get_by_role("main").locator("summary") if way[0] == ">" else page
                there = within.get_by_text(way[2:], exact=True).filter(visible=True).first
                there.wait_for()
                page.wait_for_function(CALM)
                there.click()
                page.wait_for_function(SETTLED)
            else:
                press(page, way)
        return page.get_by_label(self.box, exact=True).filter(visible=True).last

    def save(self, page: Page) -> None:
        page.wait_for_function(CALM)
        for option in self.first:
            page.get_by_text(option, exact=True).filter(visible=True).first.click()
        if self.also:
            label, words = self.also
            page.get_by_label(label, exact=True).fill(words)
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
        "/between", ("> Diary of a collaborator", "> Change"), "My entry", "Save the change", ENTRY
    ),
    "an entry that is shared": Form(
        "/between",
        ("> Something to try", "> Share"),
        "What others read",
        "Share it",
        TRY,
        first=("Everybody in the cohort",),
        seen="/notes",
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
    "what was said back": Form(
        "/news",
        (),
        "You said",
        "Show it to everybody",
        facilitates=True,
        also=("What you did, or why not", "We begin later"),
    ),
    "the agreement": Form(
        "/agreement",
        ("> Change it with the group",),
        "The agreement",
        "Keep this agreement",
        AGREED,
        facilitates=True,
    ),
    "the decision": Form("/closing", (), "What we decided", "Keep what we decided", facilitates=True),
    "help and support": Form(
        "/cohort",
        ("> Help and support",),
        "Whom to tell",
        "I have checked these. Keep them",
        TOLD,
        facilitates=True,
    ),
    "the public page": Form(
        "/applicants", ("> Change the page",), "Any questions", "Keep the page", CONTACT, facilitates=True
    ),
    "the link to the drop-in": Form(
        "/applicants",
        ("> Change the page",),
        "Link to the drop-in",
        "Keep the page",
        DROP_IN,
        typed="/half",
        facilitates=True,
    ),
    "a note on who applied": Form("/applicants", (), "My note", "Keep what I think", first=("Yes",), facilitates=True),
    "a message": Form("/messages", (), "Words", "Keep the change", MESSAGE, many=True, facilitates=True),
    "a block of the plan": Form(
        "/plan",
        ("✓ 12\u2060:00 Arrive, 4 min",),
        "In the room",
        "Save these words",
        "Welcome back. You can pass on anything.",
        facilitates=True,
        behind=True,
    ),
    "names to add": Form(
        "/cohort", ("Add members",), "Names to add, one on each line", "Add these members", many=True, facilitates=True
    ),
}
