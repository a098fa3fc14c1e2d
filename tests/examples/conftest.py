"""The three worlds, a Kinto with a post in it, a weather service, and a way to run an example as a script."""

from __future__ import annotations

import runpy
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.kinto import Kinto, Post, signed_in
from tests.client.worlds import World, portal, world
from tests.examples.weather_api import WeatherApi, serving
from tests.servers.conftest import served
from tests.servers.served import Served

__all__ = ["portal", "served", "world"]

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = "canary-7e57"
PASSWORD = "canary-7e57"  # noqa: S105 - guards nothing
Script = Callable[..., list[str]]


@pytest.fixture
def address(served: Served) -> str:
    """Where Kinto is."""
    return served("kinto").address + "/v1"


@pytest.fixture
def stored(served: Served) -> Path:
    """Where Kinto keeps files."""
    return served("kinto").log.parent / "attachments"


@pytest.fixture
def kinto(world: World, address: str) -> Any:
    """A client of someone who is signed in."""
    return world.client(Kinto, base_url=address, headers=signed_in("ann", PASSWORD))


@pytest.fixture
def bucket(world: World, kinto: Any) -> str:
    """The name of a bucket of this test's own."""
    name: str = world(kinto.buckets.add(f"test-{uuid.uuid4()}")).id
    return name


@pytest.fixture
def posts(world: World, kinto: Any, bucket: str) -> Any:
    """A collection in it."""
    world(kinto.buckets(bucket).collections.add("posts"))
    return kinto.buckets(bucket).collections("posts").records


@pytest.fixture
def post(world: World, posts: Any) -> Post:
    """A post in it, as it is stored."""
    made: Post = world(posts.add("engines", title="Engines", text="Wheels."))
    return made


@pytest.fixture
def api() -> Iterator[WeatherApi]:
    """The weather service."""
    with serving(KEY) as running:
        yield running


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    """Run an example with arguments, and give the lines it printed."""

    def run(name: str, *arguments: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        _ = runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run
