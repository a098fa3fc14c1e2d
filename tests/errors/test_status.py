"""Errors of statuses: the right class, the problem, the API's own body."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from restkit import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    Op,
    PreconditionFailed,
    Problem,
    RedirectRefused,
    ServerError,
    StatusError,
    TooManyRequests,
    Unauthorized,
)
from tests.client.worlds import World

STATUSES: dict[int, type[StatusError]] = {
    400: BadRequest,
    401: Unauthorized,
    402: StatusError,
    403: Forbidden,
    404: NotFound,
    405: StatusError,
    409: Conflict,
    412: PreconditionFailed,
    418: StatusError,
    422: BadRequest,
    429: TooManyRequests,
    500: ServerError,
    503: ServerError,
    599: ServerError,
}
OP: Op[Any] = Op("GET", "x", returns=dict)


def failure(world: World, response: httpx.Response, **settings: Any) -> Any:
    """The error of an answer."""
    with pytest.raises(StatusError) as caught:
        world(world.mocked(lambda _: response, **settings).execute(OP))
    return caught.value


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_a_status_has_its_class(world: World, status: int, kind: type[StatusError]) -> None:
    """With the status as a fact."""
    error = failure(world, httpx.Response(status))

    assert (kind, status) == (type(error), error.status)


def test_an_informational_or_odd_status_is_a_status_error(world: World) -> None:
    """A 304 has no body of the declared type either."""
    assert (StatusError, 304) == (type(error := failure(world, httpx.Response(304))), error.status)


def test_a_redirect_is_refused(world: World) -> None:
    """By an operation: it says where to."""
    client = world.mocked(lambda _: httpx.Response(301, headers={"Location": "https://b.test/?token=canary"}))

    with pytest.raises(RedirectRefused) as caught:
        world(client.execute(OP))

    assert ("https://b.test/?token=[redacted]", 301) == (caught.value.location, caught.value.status)


def test_a_problem_is_read(world: World) -> None:
    """RFC 9457, with its extensions; title and detail are in the message."""
    body = {"type": "https://e.test/x", "title": "Odd", "status": 400, "detail": "no", "instance": "/1", "balance": 3}
    response = httpx.Response(400, json=body, headers={"Content-Type": "application/problem+json; charset=utf-8"})

    error = failure(world, response)

    assert (Problem("https://e.test/x", "Odd", 400, "no", "/1", {"balance": 3}), True) == (
        error.problem,
        "400 Bad Request: Odd: no" in str(error),
    )


def test_a_problem_without_anything_new_adds_nothing(world: World) -> None:
    """A title that only repeats the status is not said twice."""
    response = httpx.Response(404, json={"title": "Not Found"}, headers={"Content-Type": "application/problem+json"})

    assert str(failure(world, response)).endswith("404 Not Found")


TOLERATED: list[Any] = [
    pytest.param(b"[1]", None, id="list"),
    pytest.param(b"{", None, id="broken"),
    pytest.param(b"", None, id="empty"),
    pytest.param(b"{}", Problem(), id="bare"),
    pytest.param(b'{"title":1,"status":"x","type":null,"detail":[],"instance":{}}', Problem(), id="wrong-types"),
    pytest.param(b'{"status":true}', Problem(), id="bool"),
    pytest.param(b'{"title":"' + b"x" * 5000 + b'"}', Problem(title="x" * 2048), id="long"),
    pytest.param(b'{"title":"' + b"x" * 70000 + b'"}', None, id="too-long"),
]


@pytest.mark.parametrize(("body", "problem"), TOLERATED)
def test_a_bad_problem_is_tolerated(world: World, body: bytes, problem: Problem | None) -> None:
    """A member of the wrong type counts as absent (RFC 9457, section 3.1)."""
    response = httpx.Response(400, content=body, headers={"Content-Type": "application/problem+json"})

    assert problem == failure(world, response).problem


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["type", "title", "status", "detail", "instance", "more"]), JSONS) | JSONS)
def test_any_json_is_a_problem_or_none(content: Any) -> None:
    """Nothing that a server sends makes reading it fail."""
    problem = Problem.of(content)

    assert isinstance(content, dict) is (problem is not None)


def test_json_of_another_type_is_data(world: World) -> None:
    """No problem, but decoded."""
    error = failure(world, httpx.Response(400, json={"error": "x"}))

    assert (None, {"error": "x"}, '{"error":"x"}') == (error.problem, error.data, error.excerpt)


def test_a_body_that_is_no_json_is_an_excerpt(world: World) -> None:
    """Its beginning."""
    error = failure(world, httpx.Response(502, text="<h1>Bad gateway</h1>" + "x" * 5000))

    assert (None, True, True) == (
        error.data,
        error.excerpt.startswith("<h1>Bad gateway</h1>"),
        len(error.excerpt) < 1100,
    )


@define
class Fault:
    """An API's own error body."""

    code: int
    message: str = ""


def test_an_api_may_have_an_error_model(world: World) -> None:
    """`error_model=` is what `data` becomes, or None if the body is something else."""
    bodies: list[Any] = [{"code": 7, "message": "no"}, {"message": "no"}]

    found = [failure(world, httpx.Response(400, json=body), error_model=Fault).data for body in bodies]

    assert [Fault(7, "no"), None] == found


def test_an_error_knows_its_headers(world: World) -> None:
    """By lower-case name, repeated ones joined, without secrets."""
    headers = [("X-A", "1"), ("X-A", "2"), ("Set-Cookie", "sid=canary"), ("X-Mine", "canary"), ("X-Request-Id", "r1")]
    error = failure(world, httpx.Response(429, headers=headers), redact=["X-Mine"])

    assert {"x-a": "1, 2", "set-cookie": "[redacted]", "x-mine": "[redacted]", "x-request-id": "r1"} == error.headers
    assert "r1" == error.request_id


def test_an_error_knows_its_attempts(world: World) -> None:
    """Each time it was sent."""
    error = failure(world, httpx.Response(500))

    assert [(1, 500, None)] == [attempt[:3] for attempt in error.attempts]


def test_a_body_is_not_quoted_with_what_was_sent(world: World) -> None:
    """A server that echoes a credential does not bring it into the error."""
    body = json.dumps({"said": "Bearer canary-7e57", "key": "canary-7e57"})
    error = failure(world, httpx.Response(401, text=body), headers={"Authorization": "Bearer canary-7e57"})

    assert "canary" not in error.excerpt
