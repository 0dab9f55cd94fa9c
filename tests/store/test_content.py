"""Instruments as files: the shipped words, the sources, and every way of breaking a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from mcm_core.domain.instrument import Instrument, Text
from mcm_core.domain.reading import NonAnswer
from mcm_core.store import content

# What the users' documents say, letter for letter.
THEMES = {
    "Feelings": (
        "To have a sense of belonging",
        "We/I need to:",
        ["feel heard", "feel listened to", "feel supported", "feel understood", "safe"],
    ),
    "Space": (
        "To know I am in the right place",
        "The space needs to be:",
        ["accessible", "reassuring", "comfortable", "caring", "safe"],
    ),
    "Tools": (
        "To be comfortable with digital tools",
        "We/I need to invest in:",
        ["time", "training and practice", "building confidence", "the right tools", "safety"],
    ),
    "Skills": (
        "To cultivate trust in communications",
        "We/I need to respect:",
        ["diverse learning styles", "professional boundaries", "being adaptable", "being fully present", "safety"],
    ),
    "Relationship": (
        "To offer hope and to surface choices",
        "Our connection needs to be:",
        ["motivating", "genuine", "focused", "realistic", "safe"],
    ),
}
LEVELS = ["Early stages", "Forming", "Maturing", "Embedded"]
CONSTELLATIONS = ["1-1", "1 to some", "1 to many", "many to many"]
PERSPECTIVES = ["service user", "team member", "team", "organisation"]
PARTIES = ["service users", "organisation-level", "team", "stakeholders", "partners", "other parties"]
PURPOSES = [
    "Risk identification: screen relationships at early stage to identify risks and target development support",
    "Facilitating diagnosis and resolution of relational weaknesses that limit progress and effectiveness",
    "Supporting professional development",
    "Identifying inequity in experience of relationships",
    "Demonstrating progress",
]
# Step, prerequisite, action, key relationship step, outcome, as in the table; each cell on one line, as it came.
PATHWAY = """
Meeting and scoping|Willingness to meet and explore potential collaboration|Groups meet to ascertain if there might be \
benefits to collaboration|Directness starts First scope of potential for commonality|Both parties identify potential \
benefits from joint action
Assessment|Both parties identify potential benefits from partnership|Identifying the preconditions for joint action|\
Commonality identified and preconditions to ensure parity determined|Preconditions for joint action identified
Preparation|Preconditions for joint action are known|Action in progress to meet the preconditions for joint action|\
Preconditions to ensure parity implemented|Preconditions for joint action are established
Precedent-setting|Preconditions for joint action are in place|Joint action is taken|A shared story established: the \
relationship now has continuity|Joint action implemented A precedent for further joint action now exists
Established and growing|A precedent exists that can be built on|The joint action is repeated or other action is taken \
together|Growth in continuity and in multiplexity where diversification occurs|Relationship moves towards steady state
Mature|Ongoing relationship at a steady state|A regular pattern of interaction is maintained|All strong, ongoing \
monitoring and management of the relationship|Ongoing relationship at a steady state
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, Instrument]:
    return dict(content.load_all(content.ROOT / "session_data" / "instruments"))


@pytest.fixture
def connections(shipped: dict[str, Instrument]) -> Instrument:
    return shipped["meaningful_connections"]


def seeds(texts: tuple[Text, ...]) -> list[str]:
    return [text.words for text in texts if text.source == "seed"]


def every_text(value: object) -> Iterator[Text]:
    """All texts anywhere inside a domain value."""
    if isinstance(value, Text):
        yield value
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from every_text(getattr(value, each.name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from every_text(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from every_text(item)


FOLDER = {"cop_health", "gains", "meaningful_connections", "measured_pathway", "news_and_views", "next_steps",
          "participation", "quick_check", "safety_checkin", "self_ratings"}  # fmt: skip
LOOK_BACK = {"meaningful_connections", "self_ratings"}
LABELS_SAY_ENOUGH = {"gains", "next_steps", "self_ratings", "self_ratings_then"}
OURS_ALONE = {"news_and_views", "next_steps", "quick_check", "safety_checkin", "self_ratings", "self_ratings_then"}


def test_the_folder_holds_these_instruments(shipped: dict[str, Instrument]) -> None:
    assert {one.key for one in shipped.values() if not one.looks_back_at} == FOLDER


def test_two_of_them_are_looked_back_at_in_the_same_themes_and_levels(shipped: dict[str, Instrument]) -> None:
    back = {one.looks_back_at: one for one in shipped.values() if one.looks_back_at}

    assert set(back) == LOOK_BACK
    for key, one in back.items():
        assert (one.themes, one.levels, one.version) == (shipped[key].themes, shipped[key].levels, shipped[key].version)
        assert one.key != key
        assert one.answers == ("current",)
        assert str(one.current_question).startswith("Looking back with what you know now, ")


def test_what_people_were_promised_is_asked_in_the_words_of_the_call(shipped: dict[str, Instrument]) -> None:
    call = " ".join((content.ROOT / "tests/store/call_gains.txt").read_text(encoding="utf-8").split())
    gains = [theme.need for theme in shipped["gains"].themes]

    assert [need.source for need in gains] == ["seed"] * 7
    assert [str(need) for need in gains if str(need) not in call] == []
    assert [str(theme.label) for theme in shipped["cop_health"].themes] == [
        "Shared focus", "Community and relationships", "Practice",
    ]  # fmt: skip
    assert [str(theme.label) for theme in shipped["self_ratings"].themes] == [
        "Knowledge", "Skills", "Confidence", "Motivation",
    ]  # fmt: skip


def test_themes_needs_stems_and_elements_are_the_users_words(connections: Instrument) -> None:
    rated = [theme for theme in connections.themes if not theme.core]
    found = {str(t.label): (str(t.need), str(t.stem), seeds(t.elements)) for t in rated}
    assert found == THEMES
    assert list(found) == list(THEMES)
    assert sum(len(theme.elements) for theme in rated) == 25
    assert {text.source for t in rated for text in (t.label, t.need, t.stem, *t.elements) if text} == {"seed"}


def test_safety_is_the_one_core_and_the_fifth_element_of_each_theme(connections: Instrument) -> None:
    safety = connections.themes[-1]
    assert [theme.key for theme in connections.themes if theme.core] == ["safety"] == [safety.key]
    assert safety.label == Text("Safety", "seed")
    assert safety.need == Text("Safety sits at the heart of The Meaningful Connections Model.", "seed")
    assert {text.source for text in safety.elements} == {"ours"}
    assert [str(t.elements[4]) for t in connections.themes[:5]] == ["safe", "safe", "safety", "safety", "safe"]


def test_levels_and_choices_are_the_users_words(connections: Instrument) -> None:
    assert [level.label for level in connections.levels] == [Text(words, "seed") for words in LEVELS]
    assert connections.codes == (1, 2, 3, 4)
    assert seeds(connections.lenses) == ["I", "We"]
    assert seeds(connections.perspectives) == PERSPECTIVES
    assert seeds(connections.constellations) == CONSTELLATIONS
    assert connections.constellations[-1] == Text("another variation", "ours")
    assert seeds(connections.parties) == PARTIES
    assert seeds(connections.purposes) == PURPOSES
    assert connections.credit == Text("Compiled by Nel Mathams & Jane Salazar March 2021", "seed")
    assert connections.title == Text("The Meaningful Connections Model", "seed")


def test_connections_asks_now_and_hoped_for(connections: Instrument) -> None:
    assert connections.ordered
    assert connections.focus
    assert connections.answers == ("current", "desired")
    assert connections.current_question == Text("Where is it now?", "ours")
    assert connections.desired_question == Text("Where do you hope it is by session 6?", "ours")
    assert connections.version == "2021-03+ours.1"


def test_the_stem_follows_i_and_we(connections: Instrument) -> None:
    feelings = connections.theme("feelings")
    assert feelings is not None
    assert [feelings.stem_for(str(lens)) for lens in connections.lenses] == ["I need to:", "We need to:"]


def test_anchors_are_ours_and_there_is_one_for_each_level_or_none(shipped: dict[str, Instrument]) -> None:
    for instrument in shipped.values():
        for theme in instrument.themes:
            assert tuple(theme.anchors) in (instrument.codes, ())
            assert theme.anchors or instrument.anonymous or instrument.key in LABELS_SAY_ENOUGH
            assert {anchor.source for anchor in theme.anchors.values()} <= {"ours"}


def test_the_pathway_is_the_users_table(shipped: dict[str, Instrument]) -> None:
    pathway = shipped["measured_pathway"]
    columns = ("Prerequisite", "Action", "Key relationship step", "Outcome")
    rows = []
    for level in pathway.levels:
        assert level.label.source == "seed"
        cells = [" ".join(str(fact.text) for fact in level.facts if fact.label == column) for column in columns]
        assert {fact.label for fact in level.facts} == set(columns)
        assert {fact.text.source for fact in level.facts} == {"seed"}
        rows.append("|".join([str(level.label), *cells]))
    assert rows == PATHWAY.strip().splitlines()
    assert seeds(pathway.purposes) == PURPOSES


def test_the_pathway_is_ordered_and_asks_once(shipped: dict[str, Instrument]) -> None:
    pathway = shipped["measured_pathway"]
    assert (pathway.ordered, pathway.focus, pathway.answers) == (True, True, ("current",))
    assert pathway.codes == (1, 2, 3, 4, 5, 6)
    assert [theme.key for theme in pathway.themes] == ["collaboration"]


def test_participation_is_categories_without_an_order(shipped: dict[str, Instrument]) -> None:
    participation = shipped["participation"]
    assert (participation.ordered, participation.focus, participation.answers) == (False, False, ("current",))
    labels = ["Observing", "Contributing", "Collaborating", "Leading"]
    assert [level.label for level in participation.levels] == [Text(words, "seed") for words in labels]
    assert [str(theme.label) for theme in participation.themes] == ["Taking part"]
    assert str(participation.current_question) == "How have I taken part this week?"
    assert "No level is better than another." in str(participation.always_shown)


def test_the_safety_check_in_is_one_tap_and_always_anonymous(shipped: dict[str, Instrument]) -> None:
    safety = shipped["safety_checkin"]

    assert (safety.anonymous, safety.between, safety.ordered, safety.texts) == (True, False, True, ())
    assert str(safety.current_question) == "How safe does this space feel for taking part today?"
    assert [str(level.label) for level in safety.levels] == ["Not safe enough", "Just enough", "Safe", "Very safe"]
    assert safety.non_answers == (NonAnswer.PASS,)
    assert "offer a pause" in str(safety.prompt)
    assert len(safety.themes) == 1


def test_the_pulse_has_a_scale_for_each_item_and_two_questions_in_words(shipped: dict[str, Instrument]) -> None:
    pulse = shipped["news_and_views"]
    voice, safe, pace = pulse.themes

    assert (pulse.anonymous, pulse.between) == (True, True)
    assert [str(theme.need) for theme in (voice, safe)] == [
        "I had the chance to have my voice heard",
        "I felt safe enough to take part in my own way",
    ]
    for theme in (voice, safe):
        assert pulse.as_asked(theme) is pulse
    assert [pulse.label(code) for code in pulse.codes] == ["Not at all", "A little", "Mostly", "Fully"]
    assert [pulse.as_asked(pace).label(code) for code in (1, 2, 3)] == ["Too slow", "About right", "Too fast"]
    assert [str(asked.question) for asked in pulse.texts or ()] == [
        "What should we keep, change or pause?",
        "One thing I am taking away",
    ]


def test_every_text_has_words_and_a_source(shipped: dict[str, Instrument]) -> None:
    for instrument in shipped.values():
        found = list(every_text(instrument))
        assert len(found) > 10
        assert {text.source for text in found} == ({"ours"} if instrument.key in OURS_ALONE else {"seed", "ours"})
        assert all(text.words == text.words.strip() != "" and "\n" not in text.words for text in found)


def test_a_stored_version_comes_back_equal(shipped: dict[str, Instrument]) -> None:
    for instrument in shipped.values():
        again = content.parse(content.dump(instrument))
        assert again == instrument
        assert again.theme(instrument.themes[0].key) == instrument.themes[0]
        assert content.dump(again) == content.dump(instrument)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"key": "x"}', "null"])
def test_a_broken_stored_version_is_refused(text: str) -> None:
    with pytest.raises(content.BrokenContent, match=r"^a stored instrument: It cannot be read"):
        content.parse(text)


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MCM_CONTENT", raising=False)
    assert content.folder() == content.ROOT / "session_data" / "instruments"
    monkeypatch.setenv("MCM_CONTENT", str(tmp_path))
    assert content.folder() == tmp_path
