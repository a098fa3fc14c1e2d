"""Any text comes back as it was sent, and changes nothing else: by a real server, in each world."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from restkit import Client, M, Op, Resource, operation
from tests.client.worlds import World
from tests.loopback import Loopback

HARD = st.text(st.sampled_from([*"./\\%?#&;=+:@[]{}<>\"'`^| ~-_,!$*()\0\r\n\t\x7f\x85", *"2eEfF", "\u2028", "\ufeff"]))
TEXT = st.one_of(HARD, st.text(st.characters(exclude_categories=["Cs"])))
SEGMENTS = TEXT.filter(lambda text: text not in {"", ".", ".."})


class Echoes(Resource[dict[str, Any], M], path="echo"):
    """Whatever was sent."""

    @operation
    def send(self, one: str, two: str, params: dict[str, str]) -> Op[dict[str, Any]]:
        """Two values in the path, and some in the query."""
        return self.call("GET", "a/{one}/b/{two}", params=params, one=one, two=two)


class Acme(Client[M]):
    """An API that says what it was asked."""

    echoes: Echoes[M]


@pytest.fixture
def client(world: World, server: Loopback) -> Any:
    """A client of the server, in each world."""
    return world.client(Acme, base_url=server.url)


def pair(text: str) -> tuple[str, str]:
    """A name and a value, as a server reads them."""
    name, _, value = text.partition("=")
    return unquote(name, errors="strict"), unquote(value, errors="strict")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one server for all examples
@given(SEGMENTS, SEGMENTS, st.dictionaries(TEXT, TEXT, max_size=5))
@example("../admin", "%2e%2e", {"a&b": "c=d", "": ""})
@example("%2F..%2f", "\r\nHost: evil.test\r\n\r\n", {"q": "#?/../"})
@example("//evil.test", "x@evil.test:80", {"\0": "\U0010ffff\u202e"})
@example("e\u0301", "\u00e9", {"\u0301": "\ufb01"})
def test_each_value_comes_back(  # noqa: PLR0913, PLR0917 - what is drawn, and what is given
    world: World, server: Loopback, client: Any, one: str, two: str, params: dict[str, str]
) -> None:
    """At its own place, and the host, the path and the names of the query are ours."""
    said = world(client.echoes.send(one, two, params))

    path, _, query = said["target"].partition("?")
    assert (["", "echo", "a", one, "b", two], list(params.items()), server.url) == (
        [unquote(each, errors="strict") for each in path.split("/")],
        [pair(each) for each in query.split("&")] if query else [],
        f"http://{said['headers']['host']}",
    )
