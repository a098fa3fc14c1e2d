"""Problem details from servers that get them wrong, or mean harm (RFC 9457)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import Op, Problem, StatusError
from restkit.problem import LARGEST, LONGEST, MOST
from tests.answers.conftest import Saying
from tests.client.worlds import World

PROBLEM = "application/problem+json"
OP: Op[Any] = Op("GET", "x", returns=int)


def failure(world: World, saying: Saying, body: object, content_type: str = PROBLEM, **settings: Any) -> Any:
    """The error for a problem."""
    saying.say(body if isinstance(body, bytes) else json.dumps(body).encode(), content_type, "400 Bad Request")
    with pytest.raises(StatusError) as caught:
        world(world.client(base_url=saying.url, **settings).execute(OP))
    return caught.value


TYPES = [
    PROBLEM,
    "Application/Problem+JSON",
    f"{PROBLEM}; charset=latin-1",
    f'{PROBLEM};profile="a;b"; x',
    f" {PROBLEM} ;",
    f"{PROBLEM}, {PROBLEM}",
]


@pytest.mark.parametrize("content_type", TYPES)
def test_a_problem_is_known_by_its_type(world: World, saying: Saying, content_type: str) -> None:
    """In any case, with any parameters."""
    assert Problem(title="Zoë") == failure(world, saying, '{"title": "Zoë"}'.encode(), content_type).problem


PLAIN: list[Any] = [
    ({"title": "Odd", "detail": "no"}, True),
    ({"type": "https://e.test/x", "title": "Odd", "status": 400, "traceId": "1"}, True),
    ({"title": "Odd"}, False),
    ({"detail": "no"}, False),
    ({"title": "Odd", "detail": ["no"]}, False),
    ({"title": "", "detail": "no"}, False),
    ({"title": "Odd", "type": "about:blank"}, False),
    ([{"title": "Odd", "detail": "no"}], False),
    ({"error": {"title": "Odd", "detail": "no"}}, False),
]


@pytest.mark.parametrize(("body", "is_one"), PLAIN)
def test_a_problem_may_come_as_plain_json(world: World, saying: Saying, body: Any, is_one: object) -> None:
    """If it has a title, and a detail or a type, all of them text."""
    error = failure(world, saying, body, "application/json")

    assert (is_one, body) == (error.problem is not None, error.data)


def test_a_problem_in_xml_is_an_excerpt(world: World, saying: Saying) -> None:
    """It is not parsed."""
    body = b'<?xml version="1.0"?><problem xmlns="urn:ietf:rfc:7807"><title>Odd</title></problem>'

    error = failure(world, saying, body, "application/problem+xml")

    assert (None, None, body.decode()) == (error.problem, error.data, error.excerpt)


WRONG: list[Any] = [
    pytest.param({"title": 1, "detail": {}, "type": None, "instance": [], "status": "400"}, Problem(), id="types"),
    pytest.param({"status": 4.0}, Problem(), id="float"),
    pytest.param({"status": True}, Problem(), id="bool"),
    pytest.param({"status": 10**30}, Problem(), id="huge"),
    pytest.param({"status": -404}, Problem(), id="negative"),
    pytest.param({"status": 99}, Problem(), id="small"),
    pytest.param({"status": 404}, Problem(status=404), id="right"),
    pytest.param([], None, id="list"),
    pytest.param(None, None, id="null"),
    pytest.param("x", None, id="text"),
    pytest.param(b"", None, id="empty"),
    pytest.param(b'{"title": "x"', None, id="cut"),
    pytest.param(b"<html>", None, id="html"),
]


@pytest.mark.parametrize(("body", "problem"), WRONG)
def test_a_wrong_problem_is_read_as_far_as_it_goes(
    world: World, saying: Saying, body: Any, problem: Problem | None
) -> None:
    """A member of the wrong type counts as absent (section 3.1)."""
    assert problem == failure(world, saying, body).problem


def test_members_are_bounded(world: World, saying: Saying) -> None:
    """In their length and number."""
    long = "x" * 3000
    members = {f"e{number}": long for number in range(5)} | {"n" * 200: 1}
    body = {"type": long, "title": long, "detail": long, "instance": long, **members}

    problem = failure(world, saying, body).problem

    texts = [problem.type, problem.title, problem.detail, problem.instance, *problem.extensions.values()]
    assert (9 * [LONGEST], 5) == ([len(each) for each in texts], len(problem.extensions))


def test_extensions_are_counted(world: World, saying: Saying) -> None:
    """A few are kept."""
    problem = failure(world, saying, {f"e{number}": number for number in range(1000)}).problem

    assert {f"e{number}": number for number in range(MOST)} == problem.extensions


@pytest.mark.parametrize("content_type", [PROBLEM, "application/json"])
def test_a_large_problem_is_not_parsed(world: World, saying: Saying, content_type: str) -> None:
    """Only its beginning is quoted."""
    error = failure(world, saying, {"title": "Odd", "detail": "x" * LARGEST}, content_type, error_model=dict[str, str])

    assert (None, None, True, True) == (
        error.problem,
        error.data,
        error.excerpt.startswith('{"title": "Odd"'),
        len(error.excerpt) <= 1024,
    )


HARM = "<script>alert(1)</script>\x1b[31m\r\n\x00\x9b\u202eevil\u2028INFO forged line\n"


def test_a_problem_does_no_harm_in_a_message(world: World, saying: Saying) -> None:
    """No tag opens, no line breaks, no terminal obeys; the words themselves stay as they came."""
    error = failure(world, saying, {"title": HARM, "detail": "must be < 5 & > 3"})

    shown = f"{error} {error!r} {error.message}"
    assert (False, False, True, True) == (
        "<script" in shown,
        "</script" in shown,
        "must be < 5 & > 3" in error.message,
        r"alert(1)&lt;/script>\x1b[31m\r\n\x00\x9b\u202eevil\u2028INFO forged line\n" in error.message,
    )
    assert (HARM, True) == (error.problem.title, error.message.isprintable())


@given(st.text(alphabet=st.characters()), st.text())
def test_any_problem_makes_one_short_line(title: str, detail: str) -> None:
    """Whatever its words are."""
    from restkit.quotation import summary

    response = httpx.Response(400, request=httpx.Request("GET", "https://api.test"))
    error = StatusError(summary(response, Problem(title=title, detail=detail), ()), request_id="r\n"[:1])

    assert (True, True) == (str(error).isprintable(), len(str(error)) < 5000)


def test_a_problem_repeats_no_secret_in_a_message(world: World, saying: Saying) -> None:
    """Neither one that was sent nor one that looks like one."""
    error = failure(
        world,
        saying,
        {"title": "bad key canary-7e57", "detail": "token=canary-7e57"},
        headers={"X-Api-Key": "canary-7e57"},
    )

    assert ("400 Bad Request: bad key [redacted]: token=[redacted]", False) == (
        error.message,
        "canary" in repr(error.problem),
    )
