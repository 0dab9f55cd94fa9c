"""One anonymous question over the sessions: a stacked bar each, of numbers where they may be shown, else of words.

Sources: domain.md §2.3 (six in a row) and §2.4 (a bar per item and week), §5 rows 23 and 24.
"""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from mcm_core.charts import palette, segments
from mcm_core.charts.marks import session_numbers
from mcm_core.charts.picture import Picture, Row
from mcm_core.charts.sheet import Sheet
from mcm_core.charts.words import esc, fits, listed, of_all, wrapped
from mcm_core.domain.anonymous import leaning
from mcm_core.domain.instrument import Instrument, Theme
from mcm_core.domain.release import Release, Share
from mcm_core.domain.tally import Tally

ROW = 44
AFTER = 14
HEADING = 24
BLANK = 24
LEFT = 190
CLOSED = "kept closed"
NONE = "–"
NOT_ALL = "Most of the group is not in this picture."

WHAT = (
    "Each row is a session. Where ten or more chose, each block is an answer and the number in it counts people. Where "
    "fewer did, or nearly all chose the same, all blocks are equally wide and a word stands in each, so that nobody's "
    "answer can be worked out. Hatched means that a picture is kept closed. Not the same people need have answered "
    "each time."
)


def weeks(
    instrument: Instrument,
    theme: Theme,
    releases: Mapping[int, Release],
    *,
    narrow: bool = False,
    dark: bool = False,
) -> Picture:
    """The released pictures of one theme of an anonymous instrument, by session number."""
    worded = instrument.as_asked(theme)
    numbers = session_numbers(releases)
    latest = max((number for number, release in releases.items() if release.is_shown), default=None)
    return Picture(
        figure=_draw(worded, releases, narrow=narrow, dark=dark),
        title=f"Session {latest}: {sentence(worded, releases[latest])}" if latest else "There is no picture yet.",
        reading=" ".join(_told(worded, number, releases[number]) for number in sorted(releases))
        or "Nobody has been asked yet.",
        table=tuple(_row(worded, number, releases.get(number)) for number in numbers),
        note="; ".join(f"session {number}: {turnout(releases[number])}" for number in sorted(releases)),
        what=WHAT,
    )


def sentence(instrument: Instrument, release: Release) -> str:
    """What one anonymous picture says. Nearly everybody is as much as it says of everybody."""
    shares = release.current_shares
    if shares and (codes := leaning(shares)):
        if len(codes) * 2 > len(shares):  # to name most of the answers says nothing
            return "Our answers are spread."
        named = listed([instrument.label(code) for code in codes])
        nearly = Share.NEARLY_ALL in shares
        return f"All or nearly all of us chose {named}." if nearly else f"We are leaning towards {named}."
    if release.current:
        counts = zip(instrument.codes, release.current.levels, strict=True)
        return f"Between us we chose {listed([instrument.label(code) for code, count in counts if count])}."
    return release.withheld or "This is how we answered."


def turnout(release: Release) -> str:
    """ "5 of 20 members answered"."""
    return of_all([release.answered], release.of)


def _told(instrument: Instrument, number: int, release: Release) -> str:
    few = f" {NOT_ALL}" if release.is_of_few and release.is_shown else ""
    return f"Session {number}, {turnout(release)}: {sentence(instrument, release)}{few}"


def _draw(instrument: Instrument, releases: Mapping[int, Release], *, narrow: bool, dark: bool) -> go.Figure:
    most = max((release.current.n for release in releases.values() if release.current), default=1)
    sheet = Sheet(dark, narrow, (0, most), left=0 if narrow else LEFT)
    y = sheet.level_key(instrument, 0) + 8
    for number in session_numbers(releases):
        y = _draw_session(sheet, instrument, number, releases.get(number), y) + AFTER
    return sheet.figure(y - AFTER + 4)


def _draw_session(sheet: Sheet, instrument: Instrument, number: int, release: Release | None, y: float) -> float:
    said = "no picture" if release is None else turnout(release) if release.is_shown else CLOSED
    if sheet.narrow:
        sheet.write(f"<b>Session {number}</b>", y + HEADING / 2)
        sheet.write(said, y + HEADING / 2, x=1, anchor="right", size=palette.SMALL, colour=sheet.colour["muted"])
        y += HEADING
    else:
        sheet.margin_note(f"<b>Session {number}</b>", y + ROW / 2 - 10)
        sheet.margin_note(said, y + ROW / 2 + 12, size=palette.SMALL, colour=sheet.colour["muted"])
    if release is None:
        return y if sheet.narrow else y + BLANK
    if release.current:
        sheet.traces += _numbers(sheet, instrument, release.current, y)
    elif release.current_shares:
        sheet.traces += _words(sheet, instrument, release.current_shares, y)
    else:
        sheet.hatch(y + ROW / 2, ROW, CLOSED)
    return y + ROW


def _numbers(sheet: Sheet, instrument: Instrument, tally: Tally, y: float) -> list[go.Bar]:
    """Blocks from the left, as wide as their counts; an answer that nobody chose has none."""
    bars = []
    for code, start, count in zip(instrument.codes, segments.starts(tally), tally.levels, strict=True):
        if count:
            label = f"{count} {instrument.label(code)}"
            text = esc(label) if fits(label, sheet.pixels_for(count) - 8) else str(count)
            bars.append(_block(sheet, instrument, code, start, count, y, text, filled=True))
    return bars


def _words(sheet: Sheet, instrument: Instrument, shares: tuple[Share, ...], y: float) -> list[go.Bar]:
    """Blocks of one width, with a word in each: filled where most are."""
    width = sheet.x_range[1] / len(shares)
    letters = int(sheet.pixels_for(width) / 7.6)
    bars = []
    for code, share in zip(instrument.codes, shares, strict=True):
        filled = share in (Share.NEARLY_ALL, Share.MOST)
        text = wrapped(str(share), letters)
        bars.append(_block(sheet, instrument, code, (code - 1) * width, width, y, text, filled=filled))
    return bars


def _block(
    sheet: Sheet, instrument: Instrument, code: int, start: float, width: float, y: float, text: str, *, filled: bool
) -> go.Bar:
    gap = segments.GAP / sheet.pixels_for(1)
    return go.Bar(
        name=esc(instrument.label(code)), orientation="h", x=[width - 2 * gap], base=[start + gap],
        y=[y + ROW / 2], width=[ROW], text=[text], **_style(sheet, instrument, code, filled=filled),
    )  # fmt: skip


def _style(sheet: Sheet, instrument: Instrument, code: int, *, filled: bool) -> dict[str, object]:
    if instrument.ordered:
        return segments.style(len(instrument.levels), code, hoped=not filled, dark=sheet.dark)
    hue = palette.categories(len(instrument.levels), sheet.dark)[code - 1]
    fill = hue if filled else sheet.colour["paper"]
    return {"marker": {"color": fill, "line": {"color": hue, "width": 2.5}}, **segments.printed(palette.text_on(fill))}


def _row(instrument: Instrument, number: int, release: Release | None) -> Row:
    cells: list[str | int] = [NONE if release is None else "closed"] * len(instrument.levels)
    if release and release.current:
        cells = list(release.current.levels)
    elif release and release.current_shares:
        cells = [str(share) for share in release.current_shares]
    labels = [level.label.words for level in instrument.levels]
    answered = NONE if release is None else turnout(release)
    return {"Session": number, **dict(zip(labels, cells, strict=True)), "Answered": answered}
