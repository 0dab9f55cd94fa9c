"""The server's secret: made once, kept private, and never a weak one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mcm_core.store import secret
from tests.services.racing import race


@pytest.fixture
def no_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No MCM_SECRET; returns where the secret is kept instead."""
    monkeypatch.delenv("MCM_SECRET")
    return home / "secret"


def test_the_environment_decides_when_it_holds_a_long_enough_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCM_SECRET", "x" * 32)

    assert secret.secret() == b"x" * 32
    assert not (home / "secret").exists()


def test_a_short_secret_is_refused_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_SECRET", "x" * 31)

    with pytest.raises(secret.NoSecret, match=r"MCM_SECRET is shorter than 32 characters\. Use a longer"):
        secret.secret()


def test_a_secret_is_made_once_for_its_owner_alone(no_environment: Path) -> None:
    made = secret.secret()
    secret._kept.cache_clear()  # as after a restart

    assert secret.secret() == made == no_environment.read_bytes()
    assert len(made) >= 32
    assert stat.S_IMODE(no_environment.stat().st_mode) == 0o600
    assert [path.name for path in no_environment.parent.iterdir()] == ["secret"]


def test_servers_that_start_at_once_agree_on_one_secret(no_environment: Path) -> None:
    made = race(*[lambda: secret._kept.__wrapped__(no_environment)] * 8)

    assert set(made) == {no_environment.read_bytes()}


def test_a_cut_off_secret_is_refused(no_environment: Path) -> None:
    no_environment.write_text("cut off")

    with pytest.raises(secret.NoSecret, match="shorter"):
        secret.secret()


def test_a_folder_that_takes_no_file_is_named(no_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_environment.write_text("a file, not a folder")
    monkeypatch.setenv("MCM_LOCAL", str(no_environment))

    with pytest.raises(secret.NoSecret, match="Let this program write"):
        secret.secret()


def test_keyed_hashes_depend_on_every_part_and_on_the_secret(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {secret.keyed("a", "bc"), secret.keyed("ab", "c"), secret.keyed("abc"), secret.keyed("\ud800")}
    assert len(made) == 4
    assert secret.keyed("a", "bc") in made

    monkeypatch.setenv("MCM_SECRET", "y" * 32)
    assert secret.keyed("a", "bc") not in made


def test_tokens_have_43_characters_that_stand_in_an_address() -> None:
    tokens = [secret.token(), secret.derived_token("a"), secret.derived_token("b")]

    assert len(set(tokens)) == 3
    for token in tokens:
        assert len(token) == 43
        assert token.replace("-", "").replace("_", "").isalnum()
