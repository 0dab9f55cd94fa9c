"""The demo is a story that happened: it is told through the services, once, and stays in its folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mcm_core import demo, demo_gathering, demo_group, demo_story, demo_telling, demo_weeks
from mcm_core.domain.agreement import agreement
from mcm_core.domain.cohort import Cohort
from mcm_core.domain.errors import Refused
from mcm_core.domain.note import Attribution, Audience, Kind
from mcm_core.domain.opening import Stage
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import RoundState
from mcm_core.domain.visitor import Visitor
from mcm_core.services import (
    agreements,
    applicants,
    catch_ups,
    cohorts,
    decisions,
    documents,
    dots,
    evaluations,
    interests,
    journeys,
    mailing,
    members,
    news,
    notes,
    offers,
    openings,
    own_plans,
    passwords,
    readings,
    releases,
    rounds,
    run_sheets,
    signing_in,
    skills,
    slots,
    tickets,
    topics,
    visitors,
)
from mcm_core.store import engine as store
from mcm_core.store.content_lines import BrokenContent
from mcm_core.store.tables import Base, NoteRow, ReleaseRow
from mcm_core.store.tables.base import Instant

NOW = datetime(2026, 3, 5, 15, 2, tzinfo=UTC)
LOADED = re.compile(r"abus|surviv|violen|victim|safeguard|perpetrat|trauma|refuge", re.IGNORECASE)
SMALL = """
facilitator: Fay
card: {lens: I, perspective: team member, purpose: Demonstrating progress}
cohorts:
  - name: Small circle
    time_zone: Europe/London
    today: {session: 1, minutes_in: 30}
    links: [Ada]
    members:
      Ada: {name: Ada Example, about: team / 1-1 / the rota}
      Ben: {name: Ben Example, about: team / 1-1 / the rota}
    sessions:
      1:
        votes:
          - {ask: meaningful_connections, themes: tools, minute: 10, answers: {Ada: 1>2, Ben: x}}
        notes: []
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The shipped story, told once for this module; what was printed, by label."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        _move(patch, folder)
        yield dict(demo.ensure(NOW))
        store.engine(store.database_url()).dispose()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for a story of two people and one vote."""
    story = tmp_path / "story.yaml"
    story.write_text(SMALL)
    monkeypatch.setattr(demo, "STORY", story)
    _move(monkeypatch, tmp_path / "local")
    yield tmp_path / "local"
    store.engine(store.database_url()).dispose()


def _move(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setattr(demo, "FOLDER", folder)
    patch.setattr(passwords, "COST", 4)
    patch.setenv("MCM_LOCAL", str(folder))
    patch.setenv("MCM_SECRET", "a secret for tests that is long enough")
    patch.setenv("MCM_SECOND_FACTOR", "off")  # as `mcm demo` does
    patch.delenv("MCM_DATABASE_URL", raising=False)


@pytest.fixture
def db(told: dict[str, str]) -> Iterator[Session]:
    """A look at the told story; nothing that a test does to it stays."""
    with Session(store.engine(store.database_url()).execution_options(write=True)) as open_db:
        yield open_db
        open_db.rollback()


@pytest.fixture
def lead(db: Session, told: dict[str, str]) -> Visitor:
    """The facilitator, signed in with what was printed."""
    lines = [*told.items()]
    account = signing_in.check_password(db, lines[0][1], lines[1][1], network="here", at=NOW)
    assert account is not None
    return _browser(db, tickets.redeem(db, tickets.issue(db, account, at=NOW), at=NOW))


@pytest.fixture
def circles(db: Session, lead: Visitor) -> tuple[Cohort, Cohort]:
    """The finished circle and the one in session 3."""
    _, under_way, finished = cohorts.of_visitor(db, lead)
    return finished, under_way


@pytest.fixture
def gathering(db: Session, lead: Visitor) -> Cohort:
    """The circle that still looks for its people."""
    return cohorts.of_visitor(db, lead)[0]


def _browser(db: Session, cookie: str) -> Visitor:
    found = visitors.recognise(db, cookie, at=NOW)
    assert found is not None
    return found


def test_one_circle_has_finished_and_the_other_is_in_the_middle_of_session_3(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    finished, under_way = circles

    assert [len(members.roster(db, lead, circle.id)) for circle in circles] == [12, 14]
    assert timedelta(days=20) < NOW - finished.session(6).ends_at < timedelta(days=22)
    assert timedelta(minutes=50) <= NOW - under_way.session(3).starts_at < timedelta(minutes=55)


def test_the_finished_circle_has_pictures_of_all_six_sessions_and_of_every_instrument_that_was_asked(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    ours = journeys.ours(db, lead, circles[0].id)

    assert {journey.question.instrument.key: journey.sessions for journey in ours} == {
        "meaningful_connections": (1, 2, 3, 4, 5, 6),
        "self_ratings": (1, 6),
        "participation": (4,),
        "measured_pathway": (5,),
        "gains": (6,),
        "next_steps": (6,),
    }
    assert all({1, 3, 6} <= set(of_theme) for of_theme in ours[0].releases.values())
    (four,) = (journey for journey in ours if journey.question.instrument.key == "self_ratings")
    assert set(four.looking_back) == {"knowledge", "self_skills", "confidence", "motivation"}


def test_what_was_written_down_of_the_poll_is_what_its_picture_shows(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    ours = journeys.ours(db, lead, circles[0].id)
    (poll,) = (journey for journey in ours if journey.question.instrument.key == "next_steps")
    come = poll.releases["come"][6].current
    written = decisions.of(db, lead, circles[0].id)

    assert come
    assert come.levels == (0, 0, 4, 8)
    assert written
    assert "Eight of twelve would come again, and four probably." in written.feedback


def test_every_session_was_asked_about_and_answered_by_the_facilitator(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    finished, under_way = (news.weeks(db, lead, circle.id, at=NOW) for circle in circles)
    safety = news.histories(db, lead, circles[0].id)[0]

    said_back = [(week.meeting.number, len(week.lines)) for week in finished]
    assert said_back == [(6, 0), (5, 1), (4, 1), (3, 1), (2, 1), (1, 1)]
    assert [(week.meeting.number, len(week.lines)) for week in under_way] == [(2, 1), (1, 1)]
    assert all(week.pulse and week.pulse.state is RoundState.REVEALED for week in (*finished, *under_way))
    assert (safety.instrument.key, sorted(safety.releases)) == ("safety_checkin", [1, 2, 3, 4, 5, 6])
    assert news.to_say_back(db, lead, circles[1].session(3).id) is None


def test_people_moved(db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]) -> None:
    last = {theme: of[6].shifts[0].current for theme, of in journeys.ours(db, lead, circles[0].id)[0].releases.items()}

    assert {theme: (moved.up, moved.same, moved.down) for theme, moved in last.items() if moved} == {
        "feelings": (9, 1, 0),
        "space": (9, 1, 0),
        "tools": (4, 6, 0),
        "skills": (8, 2, 0),
        # Relationship stays closed: with both pictures it would tell where Kwame is, who came in session 3. So does
        # Safety, of which eight chose a level: in a group of fewer than ten, one who came later is enough.
    }


def test_two_pictures_of_the_finished_circle_stay_closed_and_say_why(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    ours = journeys.ours(db, lead, circles[0].id)[0].releases
    closed = [(theme, number) for theme, of in ours.items() for number, picture in of.items() if picture.withheld]

    assert closed == [("relationship", 3), ("safety", 2)]


def test_nothing_of_the_circle_under_way_is_closed(db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]) -> None:
    ours = journeys.ours(db, lead, circles[1].id)[0]

    assert ours.sessions == (1, 2, 3)
    assert not [picture for of in ours.releases.values() for picture in of.values() if picture.withheld]


def test_a_vote_again_on_tools_comes_closer(db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]) -> None:
    rows = db.scalars(select(ReleaseRow).where(ReleaseRow.cohort_id == circles[0].id, ReleaseRow.theme == "tools"))
    votes = [vote for vote in map(releases.as_release, rows) if vote.session_number == 3]
    votes.sort(key=lambda vote: vote.attempt)

    agreed = [agreement(vote.current.levels) for vote in votes if vote.current]
    assert len(agreed) == 2
    assert agreed[0] < -0.2 < 0.2 < agreed[1]


def test_nine_are_in_on_the_second_vote_that_is_open(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    stage = rounds.on_stage(db, lead, circles[1].id, at=NOW)

    assert stage is not None
    assert (stage.title, stage.state) == ("Session 3: Tools, second vote", RoundState.OPEN)
    assert readings.turnout(db, lead, stage.id, at=NOW) == readings.Turnout(complete=9, here=12)


def test_a_facilitator_who_reveals_it_sees_a_picture_even_when_the_two_with_links_vote_too(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort], told: dict[str, str]
) -> None:
    stage = rounds.on_stage(db, lead, circles[1].id, at=NOW)
    assert stage is not None
    for label in [label for label in told if label.startswith(circles[1].name)]:
        joined = members.join_by_link(db, told[label].removeprefix("/j/"), browser_token=None, at=NOW)
        readings.cast(db, _browser(db, joined.token), stage.id, "tools", Reading(2, 3), at=NOW)
    closed = rounds.close(db, lead, stage.id, version=stage.version, at=NOW)
    shown = releases.of_round(db, lead, rounds.reveal(db, lead, stage.id, version=closed.version, at=NOW))

    assert shown["tools"].answered == 11
    assert shown["tools"].withheld is None


def test_a_printed_link_lets_a_browser_in_to_a_whole_journey(
    db: Session, circles: tuple[Cohort, Cohort], told: dict[str, str]
) -> None:
    link = next(words for label, words in told.items() if label.startswith(circles[0].name))
    joined = members.join_by_link(db, link.removeprefix("/j/"), browser_token=None, at=NOW)

    assert not joined.waiting
    assert _sessions(db, _browser(db, joined.token), "tools") == [[1, 3, 6]]


def test_nobody_who_opens_a_printed_link_is_told_of_another_phone(db: Session, told: dict[str, str]) -> None:
    links = [words.removeprefix("/j/") for words in told.values() if words.startswith("/j/")]
    assert links

    for link in links:
        joined = members.join_by_link(db, link, browser_token=None, at=NOW)
        assert members.new_arrivals(db, _browser(db, joined.token)) == ()

    again = members.join_by_link(db, links[0], browser_token=None, at=NOW)
    assert again.waiting, "the control: a second phone knocks, as anywhere"


def test_another_relationship_begins_another_line(db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]) -> None:
    callum = next(one for one in members.roster(db, lead, circles[0].id) if one.name == "Callum Fraser")
    members.reissue(db, lead, callum.id, at=NOW)
    link = members.link_token(db, lead, callum.id, at=NOW)
    browser = _browser(db, members.join_by_link(db, link, browser_token=None, at=NOW).token)

    assert _sessions(db, browser, "space") == [[1, 3], [4, 6]]


def _sessions(db: Session, visitor: Visitor, theme: str) -> list[list[int]]:
    lines = journeys.mine(db, visitor)[0].series[theme]
    return [[point.session_number for point in line.points] for line in lines]


def test_notes_of_every_kind_reach_every_audience_under_every_attribution(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    rows = db.scalars(select(NoteRow)).all()

    assert len(rows) == 32
    assert [len(notes.wall(db, lead, circle.id)) for circle in circles] == [22, 8]  # two are for their authors alone
    assert {row.kind for row in rows} == set(Kind)
    assert {row.audience for row in rows} == set(Audience)
    assert {row.attribution for row in rows} == set(Attribution)
    assert {row.session_id for row in rows} == {one.id for one in (*circles[0].sessions, *circles[1].sessions[:3])}


def test_the_gathering_circle_is_in_the_middle_of_finding_its_people(
    db: Session, lead: Visitor, gathering: Cohort
) -> None:
    lines = applicants.of_cohort(db, lead, gathering.id)
    opening = openings.of_cohort(db, lead, gathering.id)
    asked = skills.help_list(db, lead, gathering.id)

    assert opening is not None
    assert opening.stage(NOW) is Stage.OPEN
    assert Counter(line.decision for line in lines) == {"accepted": 9, "waiting": 2, "declined": 1, None: 2}
    assert applicants.begun(db, lead, gathering.id) == 1
    assert len(interests.of_cohort(db, lead, gathering.id)) == 6
    assert (asked.answered, len(asked.people)) == (6, 2)
    assert len(own_plans.of_cohort(db, lead, gathering.id)) == 1
    assert sum(copy.read_at is None for copy in documents.copies(db, lead, gathering.id)) == 3
    assert mailing.to_do(db, lead, gathering.id, at=NOW) >= 3
    assert any(slot.shut_out for slot in slots.outlook(db, lead, gathering.id).slots)


def test_between_the_votes_there_is_something_of_every_part(
    db: Session, lead: Visitor, circles: tuple[Cohort, Cohort]
) -> None:
    for circle in circles:
        board = topics.board(db, lead, circle.id)
        (vote,) = dots.votes(db, lead, circle.id)
        assert len(board) == 5
        assert sum(bool(topic.parts) for topic in board) == 1
        assert vote.picture is not None
        assert not vote.picture.withheld
        assert any(one.offers for one in offers.of_cohort(db, lead, circle.id))
        assert catch_ups.rounds(db, lead, circle.id)[0].shared_at
        assert agreements.of(db, lead, circle.id).agreed > 10
    finished, under_way = (run_sheets.begun(db, lead, circle.id) for circle in circles)
    assert [bool(sheet.ended_at) for sheet in (*finished, *under_way)] == [True] * 8 + [False]
    assert under_way[-1].current is not None
    assert under_way[-1].current.title == "What moved, and what did not?"
    counted = evaluations.pictures(db, lead, circles[0].id)
    assert counted
    assert not any(picture.withheld for picture in counted.values())
    assert len(evaluations.shared(db, lead, circles[0].id)) == 4
    assert decisions.of(db, lead, circles[0].id) is not None


def test_nothing_is_said_before_its_time(db: Session, told: dict[str, str]) -> None:
    moments = [
        (column.name, value)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Instant) and column.name not in ("expires_at", "due_at", "next_try_at")
        if table.name != "audit"  # where a verb takes no moment, the log has the server's own clock
        for value in db.scalars(select(column))
        if value is not None
    ]

    assert len(moments) > 500
    assert [(name, value) for name, value in moments if value > NOW] == []


def test_every_word_is_one_that_may_be_seen_over_a_shoulder() -> None:
    assert LOADED.findall(demo.STORY.read_text(encoding="utf-8")) == []


def test_the_story_is_told_by_services_and_never_by_rows() -> None:
    for module in (demo, demo_story, demo_telling, demo_group, demo_weeks, demo_gathering):
        assert "store.tables" not in Path(module.__file__ or "").read_text(encoding="utf-8")


@pytest.mark.parametrize("now", ["2026-03-29 01:20", "2026-03-29 02:10", "2026-11-03 00:20", "2028-02-29 23:59"])
def test_session_3_began_fifty_minutes_ago_at_midnight_and_when_the_clocks_change_too(now: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    circle = demo_story.load(demo.STORY).cohorts[2]
    third = (circle.begins(moment) + timedelta(days=14)).replace(tzinfo=ZoneInfo(circle.time_zone))

    assert timedelta(minutes=50) <= moment - third.astimezone(UTC) < timedelta(minutes=55)


def test_a_second_start_prints_the_same_and_changes_nothing_but_who_was_seen(small: Path) -> None:
    first = demo.ensure(NOW)
    before = _everything()
    later = NOW + timedelta(hours=4)

    assert demo.ensure(later) == first
    changed = {name: rows for name, rows in _everything().items() if rows != before[name]}
    assert set(changed) == {"sign_in"}
    assert len(changed["sign_in"].splitlines()) == len(before["sign_in"].splitlines())
    assert changed["sign_in"].count(str(later)) == 1  # Ben; Ada's link waits for a browser

    moment = _everything()
    demo.ensure(later)
    assert _everything() == moment


def _everything() -> dict[str, str]:
    """All rows of all tables."""
    with store.read() as db:
        return {
            table.name: "\n".join(sorted(" ".join(map(str, row)) for row in db.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def test_a_demo_that_is_no_longer_true_is_made_anew_and_nothing_else_is_touched(small: Path) -> None:
    first = demo.ensure(NOW)
    (small / "mine.txt").write_text("mine")
    later = NOW + timedelta(days=1)
    second = demo.ensure(later)

    assert dict(first)["Password"] != dict(second)["Password"]
    assert (small / "mine.txt").read_text() == "mine"
    with store.write() as db:
        assert signing_in.check_password(db, "demo", dict(first)["Password"], network="a", at=later) is None
        assert signing_in.check_password(db, "demo", dict(second)["Password"], network="b", at=later)


@pytest.mark.parametrize("lost", [demo.KEPT, demo.DATABASE])
def test_a_demo_that_lost_a_file_is_made_anew(small: Path, lost: str) -> None:
    first = demo.ensure(NOW)
    (small / lost).unlink()

    assert dict(demo.ensure(NOW))["Password"] != dict(first)["Password"]


def test_what_is_printed_is_kept_where_only_the_owner_can_read(small: Path) -> None:
    demo.ensure(NOW)

    assert (small / demo.KEPT).stat().st_mode & 0o777 == 0o600


def test_a_story_that_breaks_off_leaves_no_half_of_it(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = demo.STORY.read_text()
    demo.STORY.write_text(whole.replace("Ben: x", "Ben: 9"))
    with pytest.raises(Refused, match="level does not exist"):
        demo.ensure(NOW)
    demo.STORY.write_text(whole)

    assert dict(demo.ensure(NOW))["Facilitator"] == "demo"


@pytest.mark.parametrize(("name", "value"), [("MCM_LOCAL", "/elsewhere"), ("MCM_DATABASE_URL", "sqlite:///other")])
def test_it_refuses_to_be_anywhere_but_in_its_folder(
    small: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused, match="only"):
        demo.ensure(NOW)
    monkeypatch.undo()

    assert not small.exists()


@pytest.mark.parametrize(
    ("right", "wrong", "line", "reason"),
    [
        ("Ben: x}", "Bob: x}", 5, "“Bob” is not one of the members"),
        ("links: [Ada]", "links: [Eve]", 5, "“Eve” is not one of the members"),
        ("{Ada: 1>2,", "{Ada: 1-2,", 15, "pattern"),
        ("  1:\n", "  7:\n", 13, "less than or equal to 6"),
        ("facilitator: Fay", "facilitater: Fay", 2, "“facilitator”: Field required"),
    ],
)
def test_a_mistake_in_the_story_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, reason: str
) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(SMALL.replace(right, wrong))

    with pytest.raises(BrokenContent, match=reason) as broken:
        demo_story.load(path)
    assert broken.value.line == line
