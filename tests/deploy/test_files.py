"""The files of deploy/ fit together and to the product. (Containers cannot run here: this is what can be held to.)"""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture
def services() -> dict[str, Any]:
    """The services of compose.yaml."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


def test_the_balancer_knows_every_process_by_the_name_that_it_answers_to(services: dict[str, Any]) -> None:
    processes = [name for name in services if re.fullmatch(r"mcm\d+", name)]
    balancer = services["balancer"]

    assert len(processes) >= 2
    assert [services[name]["hostname"] for name in processes] == processes
    assert balancer["environment"]["MCM_UPSTREAMS"].split() == [f"{name}:8501" for name in processes]
    assert set(balancer["depends_on"]) == set(processes)


def test_whatever_the_balancers_file_asks_for_is_given_to_it(services: dict[str, Any]) -> None:
    wanted = set(re.findall(r"\{\$(\w+)\}", (DEPLOY / "Caddyfile").read_text(encoding="utf-8")))
    local = (DEPLOY / "local.py").read_text(encoding="utf-8")

    assert wanted == set(services["balancer"]["environment"])
    assert wanted <= set(re.findall(r'"(MCM_\w+)":', local))


def test_every_setting_of_a_process_is_one_that_the_readme_names(services: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in services["mcm1"]["environment"] if f"`{name}`" not in readme] == []


def test_the_proxy_that_is_trusted_is_on_the_balancers_network(services: dict[str, Any]) -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    subnet = compose["networks"]["front"]["ipam"]["config"][0]["subnet"]

    assert services["mcm1"]["environment"]["FORWARDED_ALLOW_IPS"] == subnet
    assert services["balancer"]["networks"] == ["front"]
    assert services["database"]["networks"] == ["back"]
    assert compose["networks"]["back"]["internal"] is True


def test_images_are_named_without_a_host_and_run_without_rights(services: dict[str, Any]) -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    images = [service["image"] for service in services.values()] + re.findall(r"^FROM (\S+)", dockerfile, re.M)

    assert [image for image in images if "/" in image] == []
    assert re.search(r"^USER mcm$", dockerfile, re.M)
    for name in ("mcm1", "mcm2"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True


def test_the_image_holds_what_the_server_needs_and_nothing_of_ours() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.M)
    names = {name for line in copied for name in line.split()}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()

    assert {".streamlit", "session_data", "pages", "mcm_core", "app.py", "deploy/hashes.txt"} <= names
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert ignored[0] == "*"
    assert names == {line[1:] for line in ignored if line.startswith("!")}
    assert "session_data/local" in ignored


def test_secrets_are_made_once_and_differ(tmp_path: Path) -> None:
    script = shutil.copy(DEPLOY / "first-secrets", tmp_path)
    first, again = (subprocess.run([script, "group.example.org"], capture_output=True, text=True) for _ in range(2))
    made = dict(line.split("=") for line in (tmp_path / ".env").read_text().splitlines())

    assert (first.returncode, again.returncode) == (0, 2)
    assert made.pop("MCM_SITE") == "group.example.org"
    assert set(made) == {"MCM_SECRET", "MCM_DATABASE_PASSWORD", "MCM_STICKY"}
    assert len({*made.values()}) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in made.values())
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_the_unit_starts_what_the_readme_installs() -> None:
    unit = (DEPLOY / "mcm.service").read_text(encoding="utf-8")

    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=mcm", "Restart=always"):
        assert line in unit
    assert "MCM_LOCAL=/var/lib/mcm" in unit


def test_what_a_server_installs_is_pinned_by_hash_to_the_versions_that_were_tried() -> None:
    tried = tried_versions()
    hashes = (DEPLOY / "hashes.txt").read_text(encoding="utf-8")
    pinned = pins(hashes)

    assert pinned.keys() - tried.keys() == {"setuptools", "colorama"}, "the one builds, the other is for Windows alone"
    assert len(pinned) > 50
    assert not_as_tried(hashes) == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (r"^streamlit==\S+", "streamlit==1.0.0"),  # another version than the one that was tried
        (r"^(streamlit==\S+) \\\n(    --hash=\S+( \\)?\n)+", r"\1\n"),  # whatever is called so
        (r"^streamlit==\S+", "streamlit @ https://example.org/s.whl"),  # from anywhere
    ],
)
def test_what_is_not_pinned_by_hash_would_be_noticed(was: str, becomes: str) -> None:
    """The negative control."""
    hashes = (DEPLOY / "hashes.txt").read_text(encoding="utf-8")
    loosened = re.sub(was, becomes, hashes, count=1, flags=re.M)

    assert loosened != hashes
    assert not_as_tried(loosened)


def tried_versions() -> dict[str, str]:
    """The versions that were tried, by name."""
    written = (ROOT / "constraints.txt").read_text(encoding="utf-8").casefold().replace("_", "-").splitlines()
    return dict(line.split("==") for line in written)


def pins(hashes: str) -> dict[str, str]:
    """The versions that are pinned by at least one hash, by name."""
    pin = r"^(\S+)==(\S+)(?: ; [^\\]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
    return dict(re.findall(pin, hashes, re.M))


def not_as_tried(hashes: str) -> list[str]:
    """What would be installed otherwise than it was tried: another version, one without a hash, or from an address."""
    tried, pinned = tried_versions(), pins(hashes)
    others = [name for name, version in pinned.items() if tried.get(name, version) != version]
    listed = re.findall(r"^([^\s=]+)", hashes, re.M)
    return others + [name for name in listed if name not in pinned] + re.findall(r"\S+://\S+", hashes)
