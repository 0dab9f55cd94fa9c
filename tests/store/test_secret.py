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
    monkeypatch.setenv("MCM_SECRET", "9f8e7d6c5b4a39281706f5e4d3c2b1a0")

    assert secret.secret() == b"9f8e7d6c5b4a39281706f5e4d3c2b1a0"
    assert not (home / "secret").exists()


def test_on_postgresql_no_server_makes_a_secret_of_its_own(
    no_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two would make two, and links made by one would not open at the other."""
    monkeypatch.setenv("MCM_DATABASE_URL", "postgresql+psycopg://mcm@/mcm")

    with pytest.raises(secret.NoSecret, match="the same for every server that uses this database"):
        secret.secret()

    assert not no_environment.exists()


def test_a_short_secret_is_refused_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCM_SECRET", "x" * 31)

    with pytest.raises(secret.NoSecret, match=r"MCM_SECRET is shorter than 32 characters\. Use a longer"):
        secret.secret()


@pytest.mark.parametrize(
    "known",
    [
        "some_key" * 4,
        "changeme" * 5,
        "x" * 64,
        "abababab" * 8,
        "0123456789abcdef" * 2,
        "ThisIsMySecretKey1234567890abcdefg",
        "please-change-me-in-production-1234",
    ],
)
@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_secret_that_others_know_is_refused(
    no_environment: Path, monkeypatch: pytest.MonkeyPatch, known: str, where: str
) -> None:
    if where == "environment":
        monkeypatch.setenv("MCM_SECRET", known)
    else:
        no_environment.write_text(known)
        no_environment.chmod(0o600)

    with pytest.raises(secret.NoSecret, match="others know or guess"):
        secret.secret()


def test_what_is_made_here_is_never_taken_for_a_known_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(200):
        monkeypatch.setenv("MCM_SECRET", secret.token())
        assert secret.secret()


def test_a_secret_that_others_on_this_machine_can_read_is_refused(no_environment: Path) -> None:
    secret.secret()
    no_environment.chmod(0o644)
    secret._kept.cache_clear()

    with pytest.raises(secret.NoSecret, match="chmod 600"):
        secret.secret()


def test_sealed_words_are_read_with_the_same_secret_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = secret.sealed("a key")
    assert "a key" not in sealed
    assert secret.sealed("a key") != sealed
    assert secret.opened(sealed) == "a key"
    monkeypatch.setenv("MCM_SECRET", "another secret that is long enough, too")

    with pytest.raises(secret.SealedElsewhere):
        secret.opened(sealed)


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
    no_environment.chmod(0o600)

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

    monkeypatch.setenv("MCM_SECRET", "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
    assert secret.keyed("a", "bc") not in made


def test_tokens_have_43_characters_that_stand_in_an_address() -> None:
    tokens = [secret.token(), secret.derived_token("a"), secret.derived_token("b")]

    assert len(set(tokens)) == 3
    for token in tokens:
        assert len(token) == 43
        assert token.replace("-", "").replace("_", "").isalnum()
