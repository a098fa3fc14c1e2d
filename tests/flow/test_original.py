"""Copies of a request, one for each further attempt."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit.bodies.iterated import Iterated, Once
from restkit.flow import Outgoing, is_replayable
from restkit.flow.original import Original


def asked(**given: Any) -> httpx.Request:
    """A request."""
    return httpx.Request("POST", "https://api.test/users?a=1", **given)


def test_a_copy_is_the_same_request() -> None:
    """Method, URL, headers and body."""
    request = asked(json={"a": 1}, headers=[("X-A", "1"), ("X-A", "2")])

    copy = Original(request).copy()

    assert (request.method, request.url, request.headers.raw, request.content) == (
        copy.method,
        copy.url,
        copy.headers.raw,
        copy.content,
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda request: request.headers.update({"X-Signed": "1"}),
        lambda request: request.extensions.update({"restkit.wire": None}),
        lambda request: request.extensions["timeout"].update({"read": 1}),
    ],
)
def test_what_an_attempt_changes_is_in_no_other(spoil: Any) -> None:
    """Neither in the next nor in the one after it."""
    request = asked(extensions={"timeout": {"read": 5}})
    original = Original(request)
    spoil(request)
    spoil(original.copy())

    copy = original.copy()

    assert ("X-Signed" in copy.headers, copy.extensions) == (False, {"timeout": {"read": 5}})


def test_a_stream_stays_the_one_it_was() -> None:
    """Whoever reads it decides whether that can be done twice."""
    stream = httpx.ByteStream(b"abc")
    request = httpx.Request("PUT", "https://api.test/", stream=stream)

    assert Original(request).copy().stream is stream


def test_a_body_that_is_read_piece_by_piece_is_not_read_by_copying() -> None:
    """It would be gone."""
    request = asked(content=iter([b"abc"]))

    copy = Original(request).copy()

    assert copy.stream is request.stream


def test_a_transport_that_has_read_a_body_makes_it_no_other() -> None:
    """That attempt's is in memory then; what it came from can be read once all the same."""
    pieces = iter([b"x"])
    body = Outgoing(Once("content", Iterated("content", pieces), pieces))
    request = httpx.Request("POST", "https://api.test/", stream=body)
    original = Original(request)
    _ = request.read()

    assert (True, False) == (is_replayable(request), original.is_replayable)
