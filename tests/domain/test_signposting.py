"""Which words a phone may dial, and what is kept of what a facilitator writes."""

from __future__ import annotations

import pytest

from mcm_core.domain.errors import Refused
from mcm_core.domain.signposting import LINE_MAX, LINES_MAX, clean_lines, parted


@pytest.mark.parametrize(
    ("line", "dial"),
    [
        ("In immediate danger call 999", "999"),
        ("Samaritans: 116 123", "116123"),
        ("Ann Lee, 020 7946 0000", "02079460000"),
        ("From abroad +44 20 7946 0000", "+442079460000"),
        ("0808-157-0000", "08081570000"),
        ("Police, not urgent: 101", "101"),
    ],
)
def test_a_number_at_the_end_of_a_line_can_be_called(line: str, dial: str) -> None:
    part = parted(line)

    assert part.dial == dial
    assert part.words + part.number == line


@pytest.mark.parametrize(
    "line",
    [
        "Ask Ann Lee in the office",
        "Open since 2021",
        "Every day from 9 to 17",
        "020 7946 0000 and ask for Ann",
        "+44 (0)20 7946 0000",
        "call 12",
        "Room 12345678901234567890",
        "javascript:alert(1)",
        "call *#06#",
        "٠٢٠ ٧٩٤٦ ٠٠٠٠ call ٩٩٩",
        "ann1234567@example.org1234567",
        "https://example.org/020794600000",
        "",
    ],
)
def test_what_is_not_plainly_a_number_stays_words(line: str) -> None:
    part = parted(line)

    assert (part.words, part.number, part.dial) == (line, "", "")


def test_lines_are_kept_tidy() -> None:
    assert clean_lines("  Ann  Lee:\t020 7946 0000 \r\n\n \x00Bo \n", what="x") == "Ann Lee: 020 7946 0000\nBo"


@pytest.mark.parametrize("text", ["Helplines: ____", "a" * (LINE_MAX + 1), "\n".join(["a line"] * (LINES_MAX + 1))])
def test_gaps_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="Helplines"):
        clean_lines(text, what="Helplines")
