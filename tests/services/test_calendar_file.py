"""The six meetings in a calendar, read back by another library than the one that wrote them (domain.md §5.1, 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject

from mcm_core.domain.cohort import CohortSession, six_dates
from mcm_core.services.calendar_file import calendar_file
from tests.services.people import NOW

LONDON = "Europe/London"
AUTUMN = six_dates(date(2021, 9, 27), 0, time(14))  # clocks change on 31 October, before the sixth


def meetings(zone: str = LONDON) -> list[CohortSession]:
    return [CohortSession(f"s{number}", number, start, zone) for number, start in enumerate(AUTUMN, start=1)]


def read_back(file: bytes) -> list[Any]:
    return list(vobject.readOne(file.decode()).vevent_list)


def words(file: bytes, name: str) -> list[str]:
    return [getattr(event, name).value for event in read_back(file)]


def test_two_in_the_afternoon_stays_two_in_the_afternoon_when_the_clocks_change() -> None:
    found = [event.dtstart.value for event in read_back(calendar_file(meetings(), "ada", at=NOW))]

    assert [start.replace(tzinfo=None) for start in found] == list(AUTUMN)
    assert [start.astimezone(UTC).hour for start in found] == [13, 13, 13, 13, 13, 14]
    assert all(start.tzinfo is not None for start in found)


def test_the_file_explains_the_zone_itself() -> None:
    """Negative control of the test above: without the explanation the other library would not know the zone."""
    file = calendar_file(meetings(), "ada", at=NOW).decode()

    assert "DTSTART;TZID=Europe/London:20211101T140000" in file
    assert "BEGIN:VTIMEZONE" in file
    assert "20211031T020000" in file
    bare = file[: file.index("BEGIN:VTIMEZONE")] + file[file.index("END:VTIMEZONE") + len("END:VTIMEZONE\r\n") :]
    strange = bare.replace("Europe/London", "Nowhere/London")
    assert vobject.readOne(strange).vevent_list[5].dtstart.value.utcoffset() is None


def test_a_meeting_ends_after_real_minutes() -> None:
    late = replace(meetings()[0], starts_local=datetime(2021, 10, 31, 0, 30), minutes=120)  # noqa: DTZ001

    (event,) = read_back(calendar_file([late], "ada", at=NOW))

    assert event.dtend.value.astimezone(UTC) - event.dtstart.value.astimezone(UTC) == timedelta(minutes=120)


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT-5", "Asia/Kolkata"])
def test_a_zone_without_rules_gets_its_times_in_utc(zone: str) -> None:
    file = calendar_file(meetings(zone), "ada", at=NOW)
    (first, *_) = [event.dtstart.value for event in read_back(file)]

    assert first == AUTUMN[0].replace(tzinfo=ZoneInfo(zone))
    assert b"VTIMEZONE" not in file
    assert b"Z\r\n" in file


@pytest.mark.parametrize("zone", ["Middle/Earth", "", "../../etc/passwd"])
def test_of_an_unknown_zone_the_time_on_the_wall_is_given(zone: str) -> None:
    (first, *_) = [event.dtstart.value for event in read_back(calendar_file(meetings(zone), "ada", at=NOW))]

    assert first == AUTUMN[0]


def test_a_meeting_keeps_its_identity_when_it_moves_or_is_cancelled() -> None:
    before = meetings()
    moved = [replace(before[0], starts_local=AUTUMN[0] + timedelta(days=1), sequence=1), *before[1:]]
    cancelled = [replace(moved[0], sequence=2, cancelled=True), *before[1:]]

    first, second, third = (calendar_file(each, "ada", at=NOW) for each in (before, moved, cancelled))

    assert words(first, "uid") == words(second, "uid") == words(third, "uid")
    assert [words(file, "sequence")[0] for file in (first, second, third)] == ["0", "1", "2"]
    assert words(third, "status") == ["CANCELLED", *["CONFIRMED"] * 5]
    assert words(third, "summary") == [f"Session {number}" for number in range(1, 7)]


def test_every_person_has_identities_of_their_own() -> None:
    ada, ben = (set(words(calendar_file(meetings(), who, at=NOW), "uid")) for who in ("ada", "ben"))

    assert len(ada) == len(ben) == 6
    assert not ada & ben


def test_the_file_says_when_and_nothing_else() -> None:
    file = calendar_file(meetings(), "ada", at=NOW).decode().lower()

    names = {line.partition(":")[0].partition(";")[0] for line in file.splitlines()}
    assert names == {
        "begin", "end", "prodid", "version", "method", "x-wr-calname", "refresh-interval", "tzid", "comment", "tzname",
        "tzoffsetfrom", "tzoffsetto", "dtstart", "dtend", "dtstamp", "uid", "sequence", "summary", "status", "class",
        "rdate",
    }  # fmt: skip
    assert "ada" not in file
