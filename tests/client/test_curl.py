"""A call as a curl command."""

from __future__ import annotations

import shlex
from typing import Any

import httpx
import pytest

from restkit import Client, Op


def client(**settings: Any) -> Client:
    """A client that is never asked to send."""
    return Client(base_url="https://api.test", transport=httpx.MockTransport(lambda _: httpx.Response(200)), **settings)


def posted(payload: object) -> Op[Any]:
    """A call that posts JSON."""
    return client().build().post("/users").params({"q": "it's"}).body(payload).op()


def test_a_call_is_shown_as_curl() -> None:
    """Quoted for a shell, without the headers that curl sets itself."""
    words = shlex.split(client(user_agent="acme").as_curl(posted({"name": "Ada"})))

    assert [
        *("curl", "--request", "POST", "https://api.test/users?q=it%27s"),
        *("--header", "accept: application/json", "--header", "user-agent: acme"),
        *("--header", "content-type: application/json", "--data-raw", '{"name":"Ada"}'),
    ] == words


def test_a_call_without_a_body_has_no_data() -> None:
    """Nothing is written for it."""
    assert "--data" not in client().as_curl(Op("GET", "users"))


SECRET = "canary-1234"  # noqa: S105 - it guards nothing


@pytest.mark.parametrize("secrets", [False, True], ids=["masked", "shown"])
def test_secrets_are_masked_unless_asked_for(secrets: bool) -> None:  # noqa: FBT001 - a parameter
    """In the URL, in headers, in the body; also those that are declared."""
    op = client().build().post("/users").params({"token": SECRET, "x": 1}).headers({"Authorization": SECRET})
    op = op.headers({"X-Mine": SECRET}).body({"password": SECRET})

    shown = client(redact=["X-Mine"]).as_curl(op.op(), secrets=secrets)

    assert (4 if secrets else 0) == shown.count(SECRET)


def test_a_stream_is_not_shown() -> None:
    """It can be read once only, by whoever sends it."""
    op = client().build().post("/users").content(iter([b"once"])).op()

    assert "--data" not in client().as_curl(op)


def test_a_view_shows_what_it_sends() -> None:
    """With its own headers."""
    shown = client().with_options(headers={"X-View": "1"}).as_curl(Op("GET", "users"))

    assert "'x-view: 1'" in shown
