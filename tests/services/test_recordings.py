"""A recording that everybody agreed to is noted by hand, said on every screen, and over with the session (row 55)."""

from __future__ import annotations

import pytest

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.services import audit, cohorts, guests, recordings, run_sheets
from mcm_core.store.engine import read, write
from tests.services.people import NOW, a_facilitator, signed_in
from tests.services.sheets import begin, go_on
from tests.services.stories import Group, a_group


@pytest.fixture
def group(db) -> Group:
    return a_group(db, 3)


def is_said(db, group, who=None) -> bool:
    on = run_sheets.now_on(db, who or group.members[0], group.cohort.id, at=NOW)
    return bool(on and on.recorded)


def test_it_is_said_from_the_tap_on_and_through_every_block(db, group):
    sheet = begin(db, group)
    assert not is_said(db, group), "nobody is recorded before it was noted"

    recordings.say(db, group.facilitator, sheet.session_id, yes=True, at=NOW)

    assert is_said(db, group)
    assert is_said(db, group, group.facilitator)
    go_on(db, group, sheet)
    assert is_said(db, group)


def test_it_ends_by_a_tap_or_with_the_session_and_does_not_come_back(db, group):
    sheet = begin(db, group)
    recordings.say(db, group.facilitator, sheet.session_id, yes=True, at=NOW)
    recordings.say(db, group.facilitator, sheet.session_id, yes=False, at=NOW)
    assert not is_said(db, group)

    recordings.say(db, group.facilitator, sheet.session_id, yes=True, at=NOW)
    over = run_sheets.end(db, group.facilitator, sheet.session_id, version=sheet.version, at=NOW,
                          is_connected=lambda _: False)  # fmt: skip
    assert not is_said(db, group)

    run_sheets.go_back(db, group.facilitator, sheet.session_id, version=over.version, at=NOW)
    assert not is_said(db, group), "a session that is taken up again asks anew"


def test_every_screen_is_told_and_a_second_tap_turns_none(db, group):
    sheet = begin(db, group)
    phases = [cohorts.phase(db, group.members[0], group.cohort.id)]
    for yes in (True, True, False):
        recordings.say(db, group.facilitator, sheet.session_id, yes=yes, at=NOW)
        phases.append(cohorts.phase(db, group.members[0], group.cohort.id))

    assert [later - phases[0] for later in phases] == [0, 1, 1, 2]


def test_the_guest_of_the_session_reads_it_too(db, group):
    sheet = begin(db, group)
    token = guests.invite(db, group.facilitator, sheet.session_id, "Gus", at=NOW)
    guest = signed_in(db, guests.come_in(db, token, browser_token=None, at=NOW))
    assert not guests.screen(db, guest, at=NOW).recorded

    recordings.say(db, group.facilitator, sheet.session_id, yes=True, at=NOW)

    assert guests.screen(db, guest, at=NOW).recorded


def test_a_session_that_is_not_on_is_not_recorded(db, group):
    with pytest.raises(Refused, match="not on"):
        recordings.say(db, group.facilitator, group.cohort.session(2).id, yes=True, at=NOW)


def test_only_facilitators_note_it(db, group):
    sheet = begin(db, group)
    for who in (group.members[0], a_facilitator(db, "gil")):
        with pytest.raises(NotAllowed):
            recordings.say(db, who, sheet.session_id, yes=True, at=NOW)


def test_the_log_has_it(database):
    with write() as db:
        group = a_group(db, 3)
        sheet = begin(db, group)
        for yes in (True, False):
            recordings.say(db, group.facilitator, sheet.session_id, yes=yes, at=NOW)

    with read() as db:
        said = [line.sentence for line in audit.of_cohort(db, group.facilitator, group.cohort.id)]
    assert said[:2] == ["Fay noted that the recording had ended.", "Fay noted that everybody agreed to a recording."]
