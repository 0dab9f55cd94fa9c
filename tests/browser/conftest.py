"""A real server and a real browser. Skips where Chromium is not installed, and fails for that in CI."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)  # what happens is tested here; how fast, by make bench
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    # A window behind another one is somebody else's screen here: it must go on drawing.
    *("--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows"),
    "--disable-background-timer-throttling",
]


@dataclass(frozen=True)
class Server:
    """A running product: its address, its set-up link, its folder, and the process to stop it by."""

    url: str
    set_up: str
    local: Path
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)

    @property
    def pid(self) -> int:
        return self.process.pid


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The product as `make run` starts it, on a port and in a folder of its own."""
    with a_server() as started:
        yield started


@contextmanager
def a_server(module: str = "mcm_core.cli", *, port: int | None = None, **settings: str) -> Iterator[Server]:
    """The same with settings in its environment, or started by another module that runs the command line."""
    local = Path(tempfile.mkdtemp(prefix="mcm-browser-"))
    environment = {**os.environ, "MCM_LOCAL": str(local), "MCM_DATABASE_URL": "", "PYTHONUNBUFFERED": "1"} | settings
    port = port or free_port()
    command = [sys.executable, "-m", module, "serve", "--port", str(port)]
    log = (local / "log").open("w+")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    link = re.search(r"http://localhost:\d+(/welcome/\S+)", said)
    url = f"http://localhost:{port}"
    try:
        assert link, said
        _wait(url, process)
        yield Server(url, url + link[1], local, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()  # only a server without its guards needs that: tests/security/flood.py
            process.wait()
        process.stdout.close()
        log.close()
        shutil.rmtree(local, ignore_errors=True)


def _wait(url: str, process: subprocess.Popen[str]) -> None:
    import time
    from urllib.error import URLError
    from urllib.request import urlopen

    for _ in range(150):
        assert process.poll() is None, "the server ended by itself"
        try:
            with urlopen(f"{url}/healthz"):
                return
        except URLError:
            time.sleep(0.2)
    pytest.fail("the server did not answer within 30 s")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must install Chromium: .ci/run does.")
        pytest.skip("Chromium (Debian package chromium) is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


class Strangers:
    """Every address outside the server that any page asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def watch(self, context: BrowserContext, server: Server) -> None:
        """Note requests that leave the machine."""
        home = server.url.split("//")[1]

        def note(url: str) -> None:
            if url.startswith(("http", "ws")) and home not in url and "127.0.0.1" not in url:
                self.asked.append(url)

        context.on("request", lambda request: note(request.url))


def window(browser: Browser, *, width: int, height: int = 900, dark: bool = False) -> BrowserContext:
    """A browser of its own, as another person's would be."""
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        has_touch=width < 600,
        reduced_motion="reduce",
    )


def set_up_second_step(page: Page, *, at: datetime | None = None) -> str:
    """Type the key into an app, say what it shows, and keep the codes; returns the key. `at`: by which clock."""
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    key = page.get_by_test_id("stCode").inner_text().strip().replace("-", "")
    page.get_by_label("The six digits that the app shows").fill(pyotp.TOTP(key).at(at or datetime.now(UTC)))
    press(page, "This is what it shows")
    expect(page.get_by_role("heading", name="Codes for a lost phone")).to_be_visible()
    press(page, "I have kept them")
    return key


def press(page: Page, name: str) -> None:
    """Press a button or follow a link by its words, once it stands still: a fold that opens moves it, and on a busy
    machine so late that the mouse went down on it and came up beside it."""
    button = page.get_by_role("button", name=name, exact=True).first
    button.wait_for()
    before = None
    while before != (before := button.bounding_box()):
        page.wait_for_timeout(120)
    button.click()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What every window showed stands beside what was expected of it."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.failed and browser:
        shown = [page for context in browser.contexts for page in context.pages]
        report.sections += [(f"window at {page.url}", page.locator("body").aria_snapshot()) for page in shown]
    return report
