"""A server that runs: started on a free port, waited for, ended with all its children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import frozen

from tests.servers.install import Cache, Unavailable, done
from tests.servers.table import GLUE, Server

STARTS = 3
"""How often a server that leaves at once is started: its port may have been taken in between."""

POLL = 0.05
GRACE = 5.0
"""Seconds between asking a server to end and ending it."""


@frozen(kw_only=True)
class Running:
    """A server that answers: its address without a slash at the end, and the version it is."""

    name: str
    address: str
    version: str
    log: Path


@contextmanager
def running(server: Server, cache: Cache, work: Path) -> Generator[Running]:
    """Install a server if need be, start it, and end it in the end; `Unavailable` if it cannot be had."""
    home = cache.home(server.name, server.install)
    version = server.install.version(home)
    log = work / "server.log"
    with started(server, home, log) as address:
        yield Running(name=server.name, address=address, version=version, log=log)


@contextmanager
def started(server: Server, home: Path, log: Path) -> Generator[str]:
    """Start a server, a few times if it leaves at once, and give its address when it is ready."""
    for start in range(1, STARTS + 1):
        words = words_for(server, home, log.parent, free_port())
        with process_of(server, words, log) as process:
            if wait_until_ready(process, words["address"] + server.ready, server.seconds):
                yield words["address"]
                return
        if start == STARTS:
            raise Unavailable(f"it left {STARTS} times with status {process.returncode}: {tail(log)}")


def words_for(server: Server, home: Path, work: Path, port: int) -> dict[str, str]:
    """Say what the placeholders of a server's row stand for in this run."""
    return {
        "program": server.install.program(home),
        "python": sys.executable,
        "port": str(port),
        "address": f"http://127.0.0.1:{port}",
        "home": str(home),
        "work": str(work),
        "glue": str(GLUE),
    }


def free_port() -> int:
    """Find a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def process_of(server: Server, words: dict[str, str], log: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run a server's process in a group of its own, at home in this run's folder, its output in the log."""
    for command in server.prepare:
        _ = done(*(word.format_map(words) for word in command))
    named = {name: value.format_map(words) for name, value in server.environment.items()}
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the table's
            [word.format_map(words) for word in server.command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=words["work"],
            env={**os.environ, "HOME": words["work"], **named},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ask a server to end, then end whatever of its group is left: some fork away from their first process."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        _ = process.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    _ = process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], url: str, seconds: float) -> bool:
    """Wait until the server answers; false if its process left, `Unavailable` if it is too slow."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answers(url):
            return True
        with suppress(subprocess.TimeoutExpired):
            _ = process.wait(POLL)
            return False
    raise Unavailable(f"it did not answer at {url} within {seconds:g} s")


def answers(url: str) -> bool:
    """Ask once, past any proxy of the environment, whether a server is there."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, urllib.error.URLError):
        return False


def tail(log: Path) -> str:
    """Give the last words of a server's log."""
    return " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:]) or "it said nothing"
