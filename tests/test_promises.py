"""The promises of docs/promises.md: each names tests that exist. Those that no other file shows are shown here."""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from restkit import AsyncClient, Client
from tests.loopback import Loopback

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "promises.md"
PROMISE = re.compile(r"^- (?P<text>.+(?:\n  .+)*)", re.MULTILINE)
TEST = re.compile(r"`(?P<path>tests/[\w/]+\.py)::(?P<name>test_\w+)`")


@functools.cache
def promises() -> tuple[str, ...]:
    """Each promise of the page, with the tests it names."""
    return tuple(found["text"] for found in PROMISE.finditer(PAGE.read_text(encoding="utf-8")))


@functools.cache
def functions_in(path: str) -> frozenset[str]:
    """The functions of a file, which is read and not imported; none if it is not there."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def test_each_promise_names_a_test() -> None:
    """What nothing shows is no promise."""
    without = [promise for promise in promises() if not TEST.search(promise)]

    assert ([], True) == (without, len(promises()) > 40)


def test_each_named_test_exists() -> None:
    """Under the name that the page gives it."""
    named = [(found["path"], found["name"]) for promise in promises() for found in TEST.finditer(promise)]

    assert [] == [f"{path}::{name}" for path, name in named if name not in functions_in(path)]


def test_each_mention_of_a_test_belongs_to_a_promise() -> None:
    """None stands where nobody looks for it."""
    text = PAGE.read_text(encoding="utf-8")

    assert len(TEST.findall(text)) == sum(len(TEST.findall(promise)) for promise in promises())


@pytest.fixture
def strange_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Variables that httpx would heed: proxies where nobody listens, passwords, certificates that are not there."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login stranger password secret\n", encoding="utf-8")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))


@pytest.mark.usefixtures("strange_environment")
def test_the_environment_is_not_read() -> None:
    """A request goes straight to its server, without a stranger's password."""
    with Loopback() as server, Client(base_url=server.url) as client:
        _ = client.get("/echo")

    assert [None] == [request.headers.get("Authorization") for request in server.received]


@pytest.mark.usefixtures("strange_environment")
async def test_the_environment_is_not_read_awaiting() -> None:
    """Nor in the other world."""
    with Loopback() as server:
        async with AsyncClient(base_url=server.url) as client:
            _ = await client.get("/echo")

    assert [None] == [request.headers.get("Authorization") for request in server.received]


def test_each_dependency_is_bounded() -> None:
    """From below by what is known to be good, from above by its next major version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    asked = [*project["dependencies"], *extras]

    bounded = r"[\w.-]+(\[[\w,-]+\])?>=[\d.]+,<\d+(\.\d+)?(; python_version < '[\d.]+')?"
    assert [] == [each for each in asked if not re.fullmatch(bounded, each)]


def test_responses_are_framed_strictly() -> None:
    """By the h11 that we are tested with: 0.16 is the first to insist on the end of each chunk (CVE-2025-43859)."""
    major, minor, *_ = metadata.version("h11").split(".")

    assert (0, 16) <= (int(major), int(minor))
