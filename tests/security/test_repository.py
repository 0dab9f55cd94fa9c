"""What must not be in the repository, and what must not be believed at the start."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = re.compile(
    "|".join(
        [
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
            r"\bAKIA[0-9A-Z]{16}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
            r"\bgithub_pat_[A-Za-z0-9_]{60,}",
            r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
            r"\bsk-[A-Za-z0-9_-]{20,}",
            r"\bAIza[0-9A-Za-z_-]{35}\b",
            r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}",
            r"://[^/\s:@\"'{}<]+:[^/\s@\"'{}<]{3,}@(?!\S*\bexample\b)[a-z0-9.-]+",
            r"\b(?i:cookie_?secret|client_?secret|api_?key|secret_?key|mcm_secret)\b[\"']?\s*[:=]\s*[\"'][^\"'\s]{16,}[\"']",
        ]
    )
)
NEVER = re.compile(r"(^|/)(secrets\.toml|\.env(\..*)?|id_rsa|.*\.(pem|key|p12|sqlite3))$")


def everything() -> list[Path]:
    """Every file that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def found(text: str) -> list[str]:
    return [match[0] for match in SECRET.finditer(text)]


def test_no_key_lies_in_the_repository() -> None:
    read = {path: path.read_text(encoding="utf-8", errors="ignore") for path in everything() if path.is_file()}
    leaks = {str(path.relative_to(ROOT)): found(text) for path, text in read.items() if found(text)}

    assert len(read) > 100
    assert leaks == {}


def test_no_file_lies_there_that_would_hold_one() -> None:
    assert [path.name for path in everything() if NEVER.search(str(path.relative_to(ROOT)))] == []


def test_nor_did_one_ever() -> None:
    """History, too: a key that was taken out again is known to whoever cloned before."""
    names = subprocess.run(
        ["git", "log", "--all", "--diff-filter=A", "--name-only", "--format="], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()

    assert [name for name in set(names) if NEVER.search(name)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN RSA PRIVATE" + " KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a" * 36,
        "postgresql://mcm:" + "hunter22@db.internal",
        "cookieSecret = " + repr("s" * 20),
        "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0",
    ],
)
def test_the_scan_notices(planted: str) -> None:
    """The negative control."""
    assert found(f"x = 1\n{planted}\n")


@pytest.mark.parametrize("secret", ["some_key", "changeme", "x" * 31])
def test_a_secret_that_somebody_knows_or_guesses_stops_the_start(tmp_path: Path, secret: str) -> None:
    answer = start(tmp_path, MCM_SECRET=secret)

    assert answer.returncode == 2
    assert "MCM_SECRET" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert secret not in answer.stdout + answer.stderr


@pytest.mark.parametrize(("name", "value"), [("MCM_LIMIT_SOCKETS", "many"), ("MCM_ORIGINS", "group.example.org")])
def test_a_setting_that_is_no_setting_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    answer = start(tmp_path, **{name: value})

    assert answer.returncode == 2
    assert name in answer.stderr
    assert "Traceback" not in answer.stderr


def start(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`mcm serve`, which must end by itself."""
    environment = {**os.environ, "MCM_LOCAL": str(folder), "MCM_DATABASE_URL": ""} | settings
    command = [sys.executable, "-m", "mcm_core.cli", "serve", "--host", "127.0.0.1", "--port", "1"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_configuration_keeps_the_doors_closed() -> None:
    """What Streamlit would do by itself and must not: the contract with its options, at every upgrade."""
    import tomllib

    chosen = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    wanted = {
        "server": {
            "enableXsrfProtection": True, "xsrfCookieSameSite": "strict", "enableStaticServing": False,
            "enableAgentApi": False, "maxUploadSize": 1, "fileWatcherType": "none", "runOnSave": False,
        },
        "browser": {"gatherUsageStats": False},
        "client": {"showErrorDetails": "none", "toolbarMode": "minimal"},
    }  # fmt: skip
    from streamlit import config

    for section, options in wanted.items():
        assert options.items() <= chosen[section].items()
        assert all(f"{section}.{name}" in config._config_options_template for name in options)
