"""Headers that a caller may not send: refused before a byte goes out, and without their value."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import InputError
from tests.client.worlds import World
from tests.loopback import Loopback

CANARY = "canary-4711"
WRONG = [
    *[
        pytest.param({"X-A": f"{CANARY}{mark}b"}, "headers['x-a']", id=f"value with {mark!r}")
        for mark in ("\r", "\n", "\t", "\0", "\r\nX-B: 1", "\x0b", "\x7f")
    ],
    pytest.param({"X-A": f" {CANARY}"}, "headers['x-a']", id="space before"),
    pytest.param({"X-A": f"{CANARY}\t"}, "headers['x-a']", id="tab behind"),
    pytest.param({"Authorization": f"Bearer {CANARY}\n"}, "headers['authorization']", id="secret with a line"),
    pytest.param({"X-A": f"{CANARY}é"}, "headers", id="value that is no ASCII"),
    pytest.param({":x": CANARY}, "headers[':x']", id="colon"),
    pytest.param({"X A": CANARY}, "headers['x a']", id="space in a name"),
    pytest.param({"X-É": CANARY}, "headers", id="name that is no ASCII"),
    pytest.param({"X-A\r\n": CANARY}, "headers['x-a\\r\\n']", id="line in a name"),
    pytest.param({"": CANARY}, "headers['']", id="no name"),
    *[
        pytest.param({name: "4711"}, f"headers[{name.lower()!r}]", id=name)
        for name in ("Host", "Content-Length", "content-LENGTH", "Transfer-Encoding", "Connection")
    ],
    pytest.param(
        httpx.Headers([("Content-Length", "1"), ("content-length", "2")]), "headers['content-length']", id="two lengths"
    ),
    pytest.param({"X-A": 7}, "headers", id="number"),
]


@pytest.mark.parametrize(("headers", "field"), WRONG)
@pytest.mark.parametrize("body", [{}, {"json": 1}, {"content": [b"x"]}], ids=["none", "json", "stream"])
def test_a_wrong_header_is_refused(
    world: World, server: Loopback, headers: Any, field: str, body: dict[str, Any]
) -> None:
    """Of a call; nothing arrives, and nothing is said about its value."""
    with pytest.raises(InputError) as caught:
        world(world.client(base_url=server.url).request("POST", "/echo", headers=headers, **body))

    assert (field, False, []) == (caught.value.field, CANARY in f"{caught.value!r}{caught.value}", server.received)


@pytest.mark.parametrize(("headers", "field"), WRONG)
def test_a_wrong_header_of_a_view_is_refused(world: World, server: Loopback, headers: Any, field: str) -> None:
    """When the view is made."""
    with pytest.raises(InputError) as caught:
        world.client(base_url=server.url).with_options(headers=headers)

    assert (field, False) == (caught.value.field, CANARY in f"{caught.value!r}{caught.value}")
