"""What is known of an answer."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from restkit import NotFound, Op, RateLimit, Response
from restkit.answers import Answers
from tests.client.worlds import World


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (200, (True, False, False, False)),
        (302, (False, True, False, False)),
        (404, (False, False, True, False)),
        (503, (False, False, False, True)),
    ],
)
def test_a_status_has_its_kind(world: World, status: int, kinds: tuple[bool, ...]) -> None:
    """Success, redirect, the client's fault or the server's."""
    answer = world(world.mocked(lambda _: httpx.Response(status)).get("/x", raise_on_error=False))

    assert kinds == (answer.is_success, answer.is_redirect, answer.is_client_error, answer.is_server_error)


def test_an_answer_shows_what_came(world: World) -> None:
    """Status, headers, body, URL, and the httpx response itself."""
    answer = world(world.mocked(lambda _: httpx.Response(201, headers={"X-A": "1"}, text="hi")).get("/x"))

    assert (201, "1", b"hi", "hi", "https://api.test/x", 201) == (
        answer.status_code,
        answer.headers["x-a"],
        answer.content,
        answer.text,
        str(answer.url),
        answer.http.status_code,
    )


def test_an_answer_knows_its_request(world: World) -> None:
    """Transports leave it unset; restkit fills it in."""
    answer = world(world.mocked(lambda _: httpx.Response(200)).get("/x"))

    assert ("GET", True) == (answer.http.request.method, answer.http.raise_for_status() is answer.http)


def test_an_answer_knows_how_long_it_took(world: World) -> None:
    """`elapsed` as httpx has it."""
    answer = world(world.mocked(lambda _: httpx.Response(200)).get("/x"))

    assert dt.timedelta(0) <= answer.elapsed == answer.http.elapsed


def test_an_answer_knows_its_attempts(world: World) -> None:
    """Each time the request was sent."""
    answer = world(world.mocked(lambda _: httpx.Response(204)).get("/x"))

    (attempt,) = answer.attempts
    assert (1, 204, None, 0.0, False) == (
        attempt.number,
        attempt.status,
        attempt.error,
        attempt.started,
        answer.from_cache,
    )


def test_an_answer_from_nowhere_has_no_attempts() -> None:
    """A response that no client made, as in a test of one's own."""
    from restkit import Settings
    from restkit.reading import Readers

    settings = Settings()
    answers = Answers(settings, Readers(settings.codec), lambda error: error)
    answer = Response[object](httpx.Response(200), Op("GET", "x"), answers)

    assert ((), False) == (answer.attempts, answer.from_cache)


@pytest.mark.parametrize("name", ["X-Request-Id", "Request-Id", "x-amzn-RequestId", "X-Correlation-ID", "X-Trace-Id"])
def test_an_answer_knows_the_servers_name_for_the_request(world: World, name: str) -> None:
    """Under any of the usual headers."""
    answer = world(world.mocked(lambda _: httpx.Response(200, headers={name: "abc"})).get("/x"))

    assert "abc" == answer.request_id


def test_an_answer_without_a_request_id_has_none(world: World) -> None:
    """None, rather than an error."""
    answer = world(world.mocked(lambda _: httpx.Response(200)).get("/x"))

    assert (None, None, {}) == (answer.request_id, answer.rate_limit, answer.links)


def test_an_answer_knows_its_links(world: World) -> None:
    """By their relation (RFC 8288)."""
    link = '<https://api.test/x?page=2>; rel="next", <https://api.test/>; rel=up, <https://api.test/none>'
    answer = world(world.mocked(lambda _: httpx.Response(200, headers={"Link": link})).get("/x"))

    assert {"next": "https://api.test/x?page=2", "up": "https://api.test/"} == {
        relation: target for relation, target in answer.links.items() if relation in {"next", "up"}
    }


QUOTAS = [
    pytest.param({"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "9"}, RateLimit(60, 9, None), id="x"),
    pytest.param({"X-RateLimit-Reset": "1700000000"}, RateLimit(None, None, 1700000000), id="moment"),
    pytest.param({"RateLimit-Limit": "10, 10;w=1", "RateLimit-Remaining": "1"}, RateLimit(10, 1, None), id="early"),
    pytest.param(
        {"RateLimit": '"default";r=50;t=30', "RateLimit-Policy": '"default";q=100;w=60'},
        RateLimit(100, 50, 30),
        id="now",
    ),
    pytest.param({"RateLimit": '"a";r=1;t=2, "b";r=9;t=9'}, RateLimit(None, 1, 2), id="first"),
    pytest.param({"RateLimit": "nonsense"}, RateLimit(), id="nonsense"),
    pytest.param({"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "few"}, None, id="no-numbers"),
    pytest.param({"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "-1"}, RateLimit(60, 0, None), id="in-debt"),
    pytest.param({"X-RateLimit-Limit": "9" * 99}, None, id="too-large"),
    pytest.param({"X-RateLimit-Limit": "٣"}, None, id="no-ascii"),
    pytest.param({}, None, id="nothing"),
]


@pytest.mark.parametrize(("headers", "quota"), QUOTAS)
def test_a_quota_is_read_from_the_headers(headers: dict[str, str], quota: RateLimit | None) -> None:
    """In the forms that APIs send it."""
    assert quota == RateLimit.of(httpx.Headers({name: value.encode() for name, value in headers.items()}))


def test_an_answer_knows_the_quota(world: World) -> None:
    """`rate_limit`."""
    answer = world(world.mocked(lambda _: httpx.Response(200, headers={"X-RateLimit-Remaining": "3"})).get("/x"))

    assert RateLimit(remaining=3) == answer.rate_limit


def test_raise_for_status_answers_the_response_or_raises(world: World) -> None:
    """As httpx's does, with an error of the tree."""
    answer = world(world.mocked(lambda _: httpx.Response(404)).get("/x", raise_on_error=False))

    with pytest.raises(NotFound):
        answer.raise_for_status()


def test_text_is_read_in_the_default_encoding(world: World) -> None:
    """Where the answer does not say."""
    client = world.mocked(lambda _: httpx.Response(200, content="Zoë".encode("latin-1")), default_encoding="latin-1")

    assert "Zoë" == world(client.get("/x")).text


def test_an_answer_is_shown_without_secrets(world: World) -> None:
    """Status and URL."""
    answer = world(world.mocked(lambda _: httpx.Response(200)).get("/x?token=canary"))

    assert "<Response 200 https://api.test/x?token=[redacted]>" == repr(answer)
