"""A wrong file is refused with file, line and reason, in words for somebody who does not program."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcm_core.domain.errors import McmError
from mcm_core.store import content

GOOD = """\
key: weather
version: 1+ours.1
title: {ours: Weather}
credit: {ours: Us}
how_to: {ours: Look up.}
ordered: true
focus: false
questions:
  current: {ours: "How is it?"}
  desired: {ours: "How should it be?"}
lenses: {seed: [I, We]}
perspectives:
  - {seed: from inside}
  - {ours: from outside}
levels:
  1: {label: {seed: Grey}}
  2:
    label: {seed: No}
    facts:
      Look for: {seed: [sun, shade]}
themes:
  sky:
    label: {seed: Sky}
    need: {seed: Light}
    elements: {seed: [blue, high], ours: wide}
    anchors:
      1: {ours: It rains.}
      2: {ours: It shines.}
  heart:
    core: yes
    label: {seed: Heart}
    need: {ours: Warmth}
    anchors:
      1: {ours: Cold.}
      2: {ours: Warm.}
"""


def write(folder: Path, text: str | bytes, name: str = "weather.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_good_file_loads_as_it_reads(tmp_path: Path) -> None:
    weather = content.load(write(tmp_path, GOOD))
    assert [str(text) for text in weather.perspectives] == ["from inside", "from outside"]
    assert weather.label(2) == "No"  # a word, although YAML would make it false
    assert [(str(text), text.source) for text in weather.themes[0].elements] == [
        ("blue", "seed"),
        ("high", "seed"),
        ("wide", "ours"),
    ]
    assert [(fact.label, str(fact.text)) for fact in weather.levels[1].facts] == [
        ("Look for", "sun"),
        ("Look for", "shade"),
    ]
    assert [theme.core for theme in weather.themes] == [False, True]


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(tmp_path: Path) -> None:
    windows = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert content.load(write(tmp_path, windows)) == content.load(write(tmp_path, GOOD, "unix.yaml"))


FILL = "Write words there or take it out. Words that hold a comma or a colon need quotes."
BREAKS = {
    # what happens to the good file: old words, new words, line of the mistake, reason
    "a list without texts": (
        "{seed: [blue, high], ours: wide}",
        "{seed: []}",
        25,
        "“elements” needs at least one text.",
    ),
    "an empty list": ("{seed: [blue, high], ours: wide}", "[]", 25, "“elements” needs at least one entry."),
    "blank words in a list": ("[blue, high]", '[blue, " "]', 25, "“elements” has no words."),
    "blank words": ("{ours: Warmth}", '{ours: ""}', 32, "“need” has no words."),
    "no mark": (
        "{ours: Warmth}",
        "Warmth",
        32,
        '“need” needs a mark that says who wrote it: {seed: "…"} or {ours: "…"}.',
    ),
    "no mark in a list": (
        "- {ours: from outside}",
        "- from outside",
        14,
        '“perspectives” needs a mark that says who wrote it: {seed: "…"} or {ours: "…"}.',
    ),
    "two marks": ("{ours: Warmth}", "{ours: a, seed: b}", 32, "“need” needs exactly one mark, seed or ours."),
    "no mark at all": ("{ours: Warmth}", "{}", 32, "“need” needs exactly one mark, seed or ours."),
    "a list for a text": ("{ours: Warmth}", "{ours: [a, b]}", 32, "“need” is one text, not a list."),
    "entries for a list": ("{seed: [I, We]}", "{seed: {a: b}}", 11, "“lenses” needs a list, such as [one, two]."),
    "an unknown mark": (
        "{ours: Warmth}",
        "{theirs: Warmth}",
        32,
        "“theirs” is not a name that can stand here. Check its spelling and its indent.",
    ),
    "an unknown name": (
        "    need: {seed: Light}\n",
        "    need: {seed: Light}\n    nede: {seed: Light}\n",
        25,
        "“nede” is not a name that can stand here. Check its spelling and its indent.",
    ),
    "a missing name in a theme": ("    need: {seed: Light}\n", "", 22, "“need” is missing."),
    "a missing name at the top": ("title: {ours: Weather}\n", "", 1, "“title” is missing."),
    "no question": ('  current: {ours: "How is it?"}\n', "", 8, "“current” is missing."),
    "an empty entry": ("need: {seed: Light}", "need:", 24, "“need” is empty. " + FILL),
    "a comma without quotes": ("{ours: It rains.}", "{ours: It rains, or}", 27, "“or” is empty. " + FILL),
    "an empty item": ("- {ours: from outside}", "-", 14, "This entry is empty. " + FILL),
    "not true or false": ("ordered: true", "ordered: perhaps", 6, "“ordered” is either true or false."),
    "a list for true": ("ordered: true", "ordered: [true]", 6, "“ordered” is either true or false."),
    "no entries": ("  2: {ours: Warm.}", "", 33, "“anchors” of “heart” has no sentence for level 2."),
    "looking back without an order": (
        'ordered: true\nfocus: false\nquestions:\n  current: {ours: "How is it?"}\n'
        '  desired: {ours: "How should it be?"}\n',
        'ordered: false\nfocus: false\nquestions:\n  current: {ours: "How is it?"}\n'
        "looking_back:\n  question: {ours: How was it}\n  how_to: {ours: Think back.}\n",
        10,
        "“looking_back” needs “ordered: true”: else no level is further along.",
    ),
    "a missing anchor": ("      1: {ours: It rains.}\n", "", 26, "“anchors” of “sky” has no sentence for level 1."),
    "an anchor too many": (
        "      2: {ours: Warm.}\n",
        "      2: {ours: Warm.}\n      3: {ours: Hot.}\n",
        36,
        "There is no level 3, so it cannot have an anchor.",
    ),
    "anchors without numbers": (
        "      2: {ours: Warm.}",
        "      warm: {ours: Warm.}",
        35,
        "“warm” is not a level. Levels are numbered 1 to 9.",
    ),
    "text instead of anchors": (
        "    anchors:\n      1: {ours: Cold.}\n      2: {ours: Warm.}\n",
        "    anchors: warm\n",
        33,
        "“anchors” needs entries below it, each with its name and a colon.",
    ),
    "text instead of a level": (
        "1: {label: {seed: Grey}}",
        "1: Grey",
        16,
        "“1” needs entries below it, each with its name and a colon.",
    ),
    "a name twice": (
        "focus: false",
        "focus: false\nordered: true",
        8,
        "“ordered” stands here twice; it is in line 6 already.",
    ),
    "a level twice": ("  2:\n    label", "  1:\n    label", 17, "“1” stands here twice; it is in line 16 already."),
    "a theme twice": ("  heart:", "  sky:", 29, "“sky” stands here twice; it is in line 22 already."),
    "a label twice": ("label: {seed: No}", "label: {seed: Grey}", 17, "“Grey” is the label of two levels."),
    "a gap in the levels": (
        "  2:\n    label",
        "  3:\n    label",
        17,
        "Level 3 stands where level 2 belongs. Count 1, 2, 3 without gaps.",
    ),
    "a tenth level": (
        "themes:\n",
        "  10: {label: {seed: Blue}}\nthemes:\n",
        21,
        "“10” is not a level. Levels are numbered 1 to 9.",
    ),
    "a theme key in capitals": (
        "  sky:",
        "  Sky:",
        22,
        "“Sky” may hold small letters a to z, digits and _ only, and begins with a letter.",
    ),
    "a key with a space": (
        "key: weather",
        "key: the weather",
        1,
        "“the weather” may hold small letters a to z, digits and _ only, and begins with a letter.",
    ),
    "a version without end": ("version: 1", "version: " + "1" * 60, 2, "“version” is longer than 60 characters."),
    "two cores": (
        "    label: {seed: Sky}",
        "    core: true\n    label: {seed: Sky}",
        31,
        "Only one theme can be the core; “sky” is it already.",
    ),
    "categories with a hope": (
        "ordered: true",
        "ordered: false",
        10,
        "“desired” cannot be asked where “ordered” is false: no level is further along than another.",
    ),
    "a focus without choices": (
        "focus: false",
        "focus: true",
        7,
        "“focus” is true, so the file needs “parties” to choose the relationship from.",
    ),
    "a choice twice": ("[I, We]", "[We, We]", 11, "“lenses” holds “We” twice."),
    "a choice too long": (
        "[I, We]",
        f"[I, {'w' * 201}]",
        11,
        f"“lenses” holds “{'w' * 30}…”, which is longer than 200 characters.",
    ),
    "a reference": (
        "need: {ours: Warmth}",
        "need: &warm {ours: Warmth}\n    stem: *warm",
        33,
        "“*” repeats another entry. Write the words out instead.",
    ),
    "a reference to itself": ("[I, We]", "&us [I, *us]", 11, "“*” repeats another entry. Write the words out instead."),
    "a list as a name": ("key: weather", "[a, b]: c", 1, "A name in front of a colon is plain words."),
    "an invisible character": (
        "{ours: Warmth}",
        "{ours: War\x07mth}",
        32,
        "There is an invisible character here. Take it out.",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "reason"), BREAKS.values(), ids=BREAKS.keys())
def test_a_mistake_names_file_line_and_reason(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(content.BrokenContent) as caught:
        content.load(write(tmp_path, GOOD.replace(old, new, 1)))
    assert str(caught.value) == f"weather.yaml, line {line}: {reason}"
    assert (caught.value.file, caught.value.line, caught.value.reason) == ("weather.yaml", line, reason)
    assert isinstance(caught.value, McmError)


ANONYMOUS = """\
key: mood
version: 1+ours.1
title: {ours: Mood}
credit: {ours: Us}
how_to: {ours: Feel.}
ordered: true
focus: false
anonymous: true
non_answers: [rather not say]
texts: {}
questions:
  current: {ours: "How is it?"}
levels:
  1: {label: {ours: Low}}
  2: {label: {ours: Middling}}
  3: {label: {ours: High}}
  4: {label: {ours: Very high}}
themes:
  today:
    label: {ours: Today}
    need: {ours: To know}
    labels: {1: {ours: a}, 2: {ours: b}, 3: {ours: c}, 4: {ours: d}}
"""
NOT_ANONYMOUS = {
    "texts": "“texts” can stand only where “anonymous” is true.",
    "non_answers": "“non_answers” can stand only where “anonymous” is true.",
    "between": "“between” can stand only where “anonymous” is true.",
}
BREAKS_OF_ANONYMOUS = {
    "too few levels": ("  4: {label: {ours: Very high}}\n", "", 13, "“anonymous” is true, so there must be at least 4"),
    "labels without one": (", 4: {ours: d}}", "}", 22, "“labels” of “today” needs the same levels as “levels”"),
    "another way of not choosing": ("[rather not say]", "[maybe]", 9, "holds something else than 'not sure'"),
    "some anchors": ("    labels:", "    anchors: {1: {ours: Low.}}\n    labels:", 22, "has no sentence for level 2."),
}


def test_what_is_always_anonymous_needs_no_anchors_and_may_have_words_of_its_own(tmp_path: Path) -> None:
    mood = content.load(write(tmp_path, ANONYMOUS))

    assert mood.texts == ()
    assert mood.as_asked(mood.themes[0]).label(4) == "d"


@pytest.mark.parametrize(("old", "new", "line", "reason"), BREAKS_OF_ANONYMOUS.values(), ids=BREAKS_OF_ANONYMOUS.keys())
def test_a_mistake_in_what_is_anonymous_is_named(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in ANONYMOUS
    with pytest.raises(content.BrokenContent) as caught:
        content.load(write(tmp_path, ANONYMOUS.replace(old, new, 1)))
    assert caught.value.line == line
    assert reason in caught.value.reason


@pytest.mark.parametrize("name", NOT_ANONYMOUS)
def test_what_only_an_anonymous_question_may_have_is_refused_elsewhere(tmp_path: Path, name: str) -> None:
    said = {"texts": "{}", "non_answers": "[not sure]", "between": "true"}[name]
    with pytest.raises(content.BrokenContent, match=NOT_ANONYMOUS[name]):
        content.load(write(tmp_path, GOOD.replace("focus: false\n", f"focus: false\n{name}: {said}\n")))
    labelled = GOOD.replace(
        "    need: {seed: Light}\n", "    need: {seed: Light}\n    labels: {1: {ours: a}, 2: {ours: b}}\n"
    )
    with pytest.raises(content.BrokenContent, match="“labels” can stand only where “anonymous” is true"):
        content.load(write(tmp_path, labelled))


LAYOUT = {
    "a quote that never ends": ("{ours: Warmth}", '{ours: "Warmth}', 36),
    "a bracket that never ends": ("[I, We]", "[I, We", 11),
    "a tab": ("    need: {ours: Warmth}", "\tneed: {ours: Warmth}", 32),
    "a second colon": ("credit: {ours: Us}", "credit: by: us", 4),
    "a second document": ("levels:", "---\nlevels:", 15),
    "a wrong indent": ("    need: {ours: Warmth}", "   need: {ours: Warmth}", 32),
}


@pytest.mark.parametrize(("old", "new", "line"), LAYOUT.values(), ids=LAYOUT.keys())
def test_a_broken_layout_names_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    with pytest.raises(content.BrokenContent, match="The layout breaks off here") as caught:
        content.load(write(tmp_path, GOOD.replace(old, new, 1)))
    assert caught.value.line == line


def test_of_several_mistakes_the_topmost_is_named(tmp_path: Path) -> None:
    broken = GOOD.replace("{ours: Warmth}", "Warmth").replace("ordered: true", "ordered: maybe")
    with pytest.raises(content.BrokenContent, match="line 6: “ordered”"):
        content.load(write(tmp_path, broken))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "weather.yaml, line 1: The file is empty."),
        (b"# only\n# comments\n", "weather.yaml, line 1: The file is empty."),
        (
            b"just words",
            "weather.yaml, line 1: “The file” needs entries below it, each with its name and a colon.",
        ),
        (b"- a\n- b\n", "weather.yaml, line 1: “The file” needs entries below it, each with its name and a colon."),
        (
            b"key: weather\ntitle: {ours: caf\xe9}\n",
            "weather.yaml, line 2: This is not UTF-8 text. Save the file with encoding UTF-8.",
        ),
        (b"[" * 3000, "weather.yaml: There are too many brackets inside each other."),
    ],
)
def test_a_file_that_is_no_instrument_is_refused(tmp_path: Path, raw: bytes, message: str) -> None:
    with pytest.raises(content.BrokenContent) as caught:
        content.load(write(tmp_path, raw))
    assert str(caught.value) == message


def test_no_tag_builds_anything(tmp_path: Path) -> None:
    trap = GOOD.replace("{ours: Us}", "!!python/object/apply:os.system [exit]")
    with pytest.raises(content.BrokenContent, match="line 4: “credit” needs a mark"):
        content.load(write(tmp_path, trap))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(content.BrokenContent, match=r"^absent\.yaml: The file cannot be read"):
        content.load(tmp_path / "absent.yaml")


def test_two_files_with_one_key_are_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.yaml")
    write(tmp_path, "# the same again\n" + GOOD, "b.yml")
    with pytest.raises(content.BrokenContent) as caught:
        content.load_all(tmp_path)
    assert str(caught.value) == ("b.yml, line 2: The key “weather” belongs to a.yaml already. Give this file its own.")


def test_one_wrong_file_refuses_the_folder(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.yaml")
    write(tmp_path, "", "b.yaml")
    with pytest.raises(content.BrokenContent, match=r"^b\.yaml, line 1: The file is empty"):
        content.load_all(tmp_path)


@pytest.mark.parametrize("folder", [".", "absent"])
def test_a_folder_without_instruments_is_refused(tmp_path: Path, folder: str) -> None:
    write(tmp_path, "notes", "readme.txt")
    with pytest.raises(content.BrokenContent, match="There is no instrument here"):
        content.load_all(tmp_path / folder)
