"""The bench itself: a real server, real connections, and every vote where it belongs. No times: machines differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.measure import measure
from tests.load.stages import Minimal, Ours, Raw, Stage


@pytest.mark.parametrize("kind", [Ours, Minimal, Raw])
def test_five_phones_lose_no_vote_and_the_room_counts_them(
    kind: type[Stage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCM_LOCAL", str(tmp_path))
    monkeypatch.delenv("MCM_DATABASE_URL", raising=False)

    figures = measure(kind, 5, tmp_path, within=1.0, idle=0.5)

    assert figures.lost == 0
    assert figures.room_p95 > 0
