"""What compose.yaml describes, on one machine and without containers: two mcm processes, PostgreSQL and Caddy.

    .venv/bin/python -m deploy.local             starts it all, says where, and stops it all with Ctrl-C
    .venv/bin/python -m deploy.local --check     starts it all, checks that two processes show one room, and stops it

It needs Debian's packages postgresql and caddy, keeps its database in a temporary folder, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import hmac
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STARTING = 90.0  # seconds that a program may take to answer


class Missing(Exception):
    """A program is not installed."""


@dataclass
class Program:
    """A program of ours that listens on a port of loopback."""

    command: list[str]
    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The id of its process. Raises RuntimeError when it does not run."""
        if self.process is None:
            raise RuntimeError(f"{self.command[0]} does not run")
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it answers /readyz. Raises RuntimeError with the end of its log."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us: we end the others, in order
            )
        deadline = time.monotonic() + STARTING
        while not answers(f"http://{self.address}/readyz"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command[0]} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()


class Cluster:
    """A PostgreSQL cluster of its own in a temporary folder, reached by a socket in that folder alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql+psycopg://mcm@/postgres?host={folder}"
        # PostgreSQL refuses to run as root.
        self._user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(folder, "nobody")
        self._run("initdb", "-A", "trust", "-U", "mcm", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses=''"
        self._run("pg_ctl", "-o", options, "-w", "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._user, str(_postgres() / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)


@dataclass(frozen=True)
class Topology:
    """Everything that runs. `environment` is what a process needs to work on the same database."""

    balancer: Program
    encrypted: str  # the balancer's other address: https, with a certificate of its own making
    replicas: list[Program]
    cluster: Cluster
    environment: dict[str, str]

    def sticks_to(self, replica: Program) -> str:
        """The cookie with which the balancer sends a browser to this process, as Caddy makes it."""
        keyed = hmac.digest(self.balancer.environment["MCM_STICKY"].encode(), replica.address.encode(), "sha256")
        return f"mcm_at={keyed.hex()}"


@contextmanager
def topology(*, port: int = 0, replicas: int = 2) -> Iterator[Topology]:
    """Start it all; stop it all when the block ends, in the opposite order. Raises Missing."""
    caddy = shutil.which("caddy")
    if caddy is None:
        raise Missing("Caddy is not installed. Install Debian's package: apt-get install --no-install-recommends caddy")
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="mcm-local-")))
        data = Path(tempfile.mkdtemp(prefix="mcm-local-pg-"))
        ending.callback(shutil.rmtree, data, ignore_errors=True)
        cluster = Cluster(data)
        cluster.start()
        ending.callback(cluster.stop)
        environment = {
            "MCM_DATABASE_URL": cluster.url,
            "MCM_SECRET": secrets.token_urlsafe(32),
            "MCM_LOCAL": str(folder),
        }
        processes = [_mcm(number + 1, environment, folder) for number in range(replicas)]
        for process in processes:
            ending.callback(process.stop)
            process.start()
        encrypted = f"https://localhost:{free_port()}"
        balancer = _caddy(caddy, port or free_port(), encrypted, processes, folder)
        ending.callback(balancer.stop)
        balancer.start()
        yield Topology(balancer, encrypted, processes, cluster, environment)


def _mcm(number: int, environment: dict[str, str], folder: Path) -> Program:
    port = free_port()
    command = [sys.executable, "-m", "mcm_core.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    return Program(command, port, environment, folder / f"mcm{number}.log")


def _caddy(caddy: str, port: int, encrypted: str, upstreams: list[Program], folder: Path) -> Program:
    environment = {
        "MCM_SITE": f"http://127.0.0.1:{port}, {encrypted}",
        "MCM_UPSTREAMS": " ".join(one.address for one in upstreams),
        "MCM_STICKY": secrets.token_urlsafe(16),
        "HOME": str(folder),  # Caddy remembers things
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = [caddy, "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    return Program(command, port, environment, folder / "caddy.log")


def free_port() -> int:
    """A port of loopback that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    """Whether something says 200 there."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _postgres() -> Path:
    """The folder of PostgreSQL's programs. Raises Missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    here = shutil.which("initdb")
    if not found and here is None:
        raise Missing("PostgreSQL is not installed. Install Debian's package: apt-get install postgresql")
    return (found[-1] if found else Path(str(here)).resolve()).parent


def main() -> int:
    """Start it and wait for Ctrl-C, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check that two processes show one room, and end")
    parser.add_argument("--port", type=int, default=0, help="where the balancer listens (default: any free port)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with topology(port=asked.port) as running:
            if asked.check:
                from deploy.check import check

                return check(running)
            link = re.findall(r"/welcome/\S+", running.replicas[-1].log.read_text())
            print(f"Serving by {len(running.replicas)} processes at http://{running.balancer.address}")
            print(f"The first facilitator: http://{running.balancer.address}{link[-1]}\nStop with Ctrl-C.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except Missing as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
