"""The calendar of a cohort and the list of its members."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.cohort import (
    MEMBERS_MAX,
    NAME_MAX,
    Cohort,
    CohortSession,
    clean_name,
    current_session,
    elsewhere,
    folded,
    names_from,
    nearest,
    next_session,
    people_from,
    refuse_members,
    refuse_past,
    refuse_zone,
    six_dates,
)
from mcm_core.domain.errors import Refused

LONDON = "Europe/London"
AUTUMN_2021 = six_dates(date(2021, 9, 27), 0, time(14))  # the clocks go back on 31 October, before the last of them
DAYS = st.dates(date(2020, 1, 1), date(2060, 1, 1))


def meetings(starts: tuple[datetime, ...] = AUTUMN_2021, zone: str = LONDON) -> tuple[CohortSession, ...]:
    return tuple(CohortSession(f"s{number}", number, start, zone) for number, start in enumerate(starts, start=1))


def people(count: int) -> list[str]:
    return [f"Person {number}" for number in range(count)]


@given(DAYS, st.integers(0, 6), st.times())
def test_six_meetings_a_week_apart_on_the_chosen_weekday(first: date, weekday: int, at: time) -> None:
    starts = six_dates(first, weekday, at)

    assert len(starts) == 6
    assert 0 <= (starts[0].date() - first).days < 7
    assert {start.weekday() for start in starts} == {weekday}
    assert {start.time() for start in starts} == {at}
    assert {late - early for early, late in pairwise(starts)} == {timedelta(days=7)}


def test_a_start_on_the_weekday_itself_is_the_first_meeting() -> None:
    assert six_dates(date(2021, 8, 9), 0, time(10))[0] == datetime(2021, 8, 9, 10)  # noqa: DTZ001 a clock on the wall


def a_cohort(name: str, first: date) -> Cohort:
    return Cohort(name, name, LONDON, 5, 0, meetings(six_dates(first, first.weekday(), time(14))))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (datetime(2026, 1, 13, 8, tzinfo=UTC), "tuesdays"),  # hours before its meeting; the other met last night
        (datetime(2026, 1, 12, 23, 30, tzinfo=UTC), "mondays"),  # after its meeting, and still its day
        (datetime(2026, 1, 14, 9, tzinfo=UTC), "tuesdays"),  # yesterday is nearer than next week
        (datetime(2026, 1, 18, 9, tzinfo=UTC), "mondays"),  # tomorrow is nearer than last week
        (datetime(2026, 6, 1, tzinfo=UTC), "later"),
        (datetime(2030, 1, 1, tzinfo=UTC), "later"),
    ],
)
def test_of_several_cohorts_the_one_that_meets_today_or_nearest_to_it(now: datetime, found: str) -> None:
    several = [a_cohort("later", date(2026, 5, 29)), a_cohort("tuesdays", date(2026, 1, 6)),
               a_cohort("mondays", date(2026, 1, 5))]  # fmt: skip

    assert nearest(several, now).id == found


def test_two_oclock_stays_two_oclock_when_the_clocks_change() -> None:
    fifth, sixth = meetings()[4:]

    assert (fifth.starts_local.time(), sixth.starts_local.time()) == (time(14), time(14))
    assert fifth.starts_at.astimezone(UTC) == datetime(2021, 10, 25, 13, tzinfo=UTC)
    assert sixth.starts_at.astimezone(UTC) == datetime(2021, 11, 1, 14, tzinfo=UTC)


def test_a_meeting_over_the_clock_change_lasts_its_real_minutes() -> None:
    night = CohortSession("s", 1, datetime(2021, 10, 31, 0, 30), LONDON, minutes=120)  # noqa: DTZ001

    assert night.ends_at - night.starts_at.astimezone(UTC) == timedelta(minutes=120)


def test_the_first_meeting_is_the_orientation_and_the_last_the_review() -> None:
    assert [meeting.kind for meeting in meetings()] == ["orientation", *["topic"] * 4, "review"]


def test_a_cohort_finds_its_meetings_by_number() -> None:
    cohort = Cohort("c", "Ours", LONDON, 5, 0, meetings())

    assert [cohort.session(number).number for number in range(1, 7)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("moment", "current", "upcoming"),
    [
        (datetime(2021, 9, 1, tzinfo=UTC), 1, 1),
        (datetime(2021, 9, 27, 14, tzinfo=UTC), 1, 1),  # while it is on
        (datetime(2021, 9, 27, 15, tzinfo=UTC), 1, 2),  # two hours after it began at 14:00 summer time
        (datetime(2021, 10, 4, 0, 59, tzinfo=UTC), 1, 2),
        (datetime(2021, 10, 4, 1, tzinfo=UTC), 2, 2),  # twelve hours before the second
        (datetime(2022, 1, 1, tzinfo=UTC), 6, None),
    ],
)
def test_which_meeting_is_now_and_which_is_next(moment: datetime, current: int, upcoming: int | None) -> None:
    following = next_session(meetings(), moment)

    assert current_session(meetings(), moment).number == current
    assert (following and following.number) == upcoming


def test_meetings_out_of_order_count_by_date_and_keep_their_numbers() -> None:
    swapped = meetings((AUTUMN_2021[1], AUTUMN_2021[0], *AUTUMN_2021[2:]))

    assert next_session(swapped, datetime(2021, 9, 1, tzinfo=UTC)) == swapped[1]
    assert current_session(swapped, datetime(2021, 10, 5, tzinfo=UTC)) == swapped[0]


def test_today_is_no_past_in_the_cohorts_own_zone() -> None:
    evening_in_london = datetime(2021, 9, 27, 22, tzinfo=UTC)  # in Auckland the 28th has begun

    refuse_past(AUTUMN_2021, LONDON, evening_in_london)
    with pytest.raises(Refused, match=r"^27 September 2021 is in the past\. Choose today or a later day\.$"):
        refuse_past(AUTUMN_2021, "Pacific/Auckland", evening_in_london)


def test_who_is_elsewhere_reads_the_time_of_their_own_clock() -> None:
    fifth, sixth = meetings()[4:]

    for zone, told in (("Europe/Berlin", "25 15:00"), ("Asia/Tokyo", "25 22:00"), ("Pacific/Auckland", "26 02:00")):
        there = elsewhere(fifth.starts_at, fifth.starts_local, zone)
        assert there
        assert f"{there:%d %H:%M}" == told
    later = elsewhere(sixth.starts_at, sixth.starts_local, "Africa/Lagos")  # where no clock changes
    assert later
    assert f"{later:%H:%M}" == "15:00"


@pytest.mark.parametrize("zone", [None, "", LONDON, "Europe/Lisbon", "Mars/Base", "Europe", "../../etc", "x" * 5000])
def test_who_is_on_the_same_time_or_nobody_knows_where_reads_one_time(zone: str | None) -> None:
    first = meetings()[0]

    assert elsewhere(first.starts_at, first.starts_local, zone) is None


@pytest.mark.parametrize("zone", ["", "London", "Europe/Atlantis", "../../etc/passwd", "GMT+25"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(Refused, match="Europe/London"):
        refuse_zone(zone)


def test_a_list_may_be_pasted_from_anywhere() -> None:
    pasted = "1. Ada Lovelace\r\n 2) Bo\n\n- Cy; • Dee,*Eve\n–  Zoë   van   Dyk\t\n;,\n3.\n"

    assert names_from(pasted) == ["Ada Lovelace", "Bo", "Cy", "Dee", "Eve", "Zoë van Dyk"]


@pytest.mark.parametrize(
    ("pasted", "people"),
    [
        ("Ada Okafor <ada@example.org>\nBo b@x.org", [("Ada Okafor", "ada@example.org"), ("Bo", "b@x.org")]),
        ("Ada, ada@example.org\nBo; bo@x.org; Cy", [("Ada", "ada@example.org"), ("Bo", "bo@x.org"), ("Cy", "")]),
        ("1. Ada\tada@example.org", [("Ada", "ada@example.org")]),
        ("Ada Okafor, ada@example.org", [("Ada Okafor", "ada@example.org")]),
        ('"Ada Okafor" <ada@example.org>', [("Ada Okafor", "ada@example.org")]),
        ("Ada <ada@example>\nBo @home", [("Ada <ada@example>", ""), ("Bo @home", "")]),
        ("ada@example.org", [("ada@example.org", "")]),
        ("Ada a@x.org b@x.org", [("Ada a@x.org", "b@x.org")]),
    ],
)
def test_an_address_may_stand_with_a_name(pasted: str, people: list[tuple[str, str]]) -> None:
    assert people_from(pasted) == people


def test_a_session_that_was_cancelled_is_neither_now_nor_next() -> None:
    first, second, *others = meetings()
    planned = (first, replace(second, cancelled=True), *others)

    assert next_session(planned, datetime(2021, 9, 28, tzinfo=UTC)) == others[0]
    assert current_session(planned, datetime(2021, 10, 5, tzinfo=UTC)) == first


@pytest.mark.parametrize("pasted", ["", "  \n\r\n ", ";;,", "- \n * "])
def test_a_list_without_names_is_an_empty_list(pasted: str) -> None:
    assert names_from(pasted) == []


@given(st.text())
def test_a_cleaned_name_is_one_visible_line_or_refused(typed: str) -> None:
    try:
        name = clean_name(typed)
    except Refused:
        return
    assert name == clean_name(name)
    assert 0 < len(name) <= NAME_MAX
    assert name.splitlines() == [name]
    assert "  " not in name


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "\x00\x07", "\u202e"])
def test_an_invisible_name_is_empty(typed: str) -> None:
    with pytest.raises(Refused, match="The cohort name is empty"):
        clean_name(typed, what="cohort name")


def test_a_name_may_have_eighty_characters_and_not_one_more() -> None:
    assert clean_name("x" * NAME_MAX) == "x" * NAME_MAX
    with pytest.raises(Refused, match="at most 80 characters"):
        clean_name("x" * (NAME_MAX + 1))


def test_hostile_names_are_names() -> None:
    assert clean_name("<b>Bo</b> *x* [a](b)") == "<b>Bo</b> *x* [a](b)"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ada", " ada "), ("Zoë", "ZOE"), ("Zoë", "Zoe\u0308"), ("Straße", "STRASSE"), ("Ann  Lee", "ann lee")],
)
def test_names_that_a_room_cannot_tell_apart_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    with pytest.raises(Refused, match="is already a member"):
        refuse_members([one], [other])


def test_a_name_twice_in_one_list_is_refused_by_the_name() -> None:
    with pytest.raises(Refused, match=r"“ada” is in your list twice\. Add a surname or initial"):
        refuse_members([], ["Ada", "Bo", "ada"])


@given(st.integers(0, MEMBERS_MAX))
def test_twenty_members_fit_however_they_came(present: int) -> None:
    everybody = people(MEMBERS_MAX)

    refuse_members(everybody[:present], everybody[present:])


@given(st.integers(0, MEMBERS_MAX), st.integers(1, 30))
def test_the_twenty_first_is_refused_and_told_how_many_fit(present: int, too_many: int) -> None:
    everybody = people(MEMBERS_MAX + too_many)

    with pytest.raises(Refused) as refusal:
        refuse_members(everybody[:present], everybody[present:])
    assert "at most 20 members" in str(refusal.value)
    assert f"room for {MEMBERS_MAX - present} more and you added {len(everybody) - present}" in str(refusal.value)
    assert "nobody was added" in str(refusal.value)


def test_a_meeting_that_runs_over_midnight_keeps_its_guest_until_the_next_one() -> None:
    evening = CohortSession("late", 1, datetime(2026, 1, 13, 23, 0), LONDON, minutes=120)  # noqa: DTZ001

    assert evening.midnight == datetime(2026, 1, 15, 0, tzinfo=UTC)
