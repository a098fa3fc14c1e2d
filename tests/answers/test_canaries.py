"""Fifty secrets in a request, and servers that repeat them: errors show none."""

from __future__ import annotations

import copy
import html
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from restkit import Op, RestkitError
from restkit.op import payload
from tests.answers.conftest import Saying
from tests.client.worlds import World

CANARIES = [f"canary{number:02}q7e57" for number in range(50)]
HEADERS = {
    "Authorization": f"Bearer {CANARIES[0]}",
    "Proxy-Authorization": f"Digest {CANARIES[1]}",
    "X-API-Key": CANARIES[2],
    "Cookie": f"sid={CANARIES[3]}; theme={CANARIES[4]}",
    "X-Auth-Token": CANARIES[5],
    "X-Amz-Security-Token": CANARIES[6],
    "X-Signature": CANARIES[7],
    "X-Session-Id": CANARIES[8],
    "X-Mine": CANARIES[9],
}
PARAMS = {
    "api_key": CANARIES[10],
    "access_token": CANARIES[11],
    "refreshToken": CANARIES[12],
    "client_secret": CANARIES[13],
    "password": CANARIES[14],
    "sig": CANARIES[15],
    "code": CANARIES[16],
    "X-Amz-Signature": CANARIES[17],
    "token": CANARIES[18],
    "mine": CANARIES[19],
}
NAMES = [
    "password",
    "newPassword",
    "clientSecret",
    "accessToken",
    "api_key",
    "otp",
    "pin",
    "x-jwt",
    "csrfToken",
    "mine",
]
BODY = {
    **dict(zip(NAMES, CANARIES[20:30], strict=True)),
    "user": {"profile": dict(zip(NAMES, CANARIES[30:40], strict=True))},
    "tokens": CANARIES[40:44],
    "accounts": [{"name": "ada", "credentials": {"user": CANARIES[44], "pass": CANARIES[45]}}],
    "sessions": [{"id": CANARIES[46]}, [CANARIES[47], {"deep": [CANARIES[48]]}]],
    "passphrase": CANARIES[49],
}


def only_values(received: str) -> str:
    """The secrets of a request without their names, the later ones first."""
    return " ".join(each for each in reversed(CANARIES) if each in received)


def as_json(received: str) -> bytes:
    """A request as JSON, its body within."""
    head, _, body = received.rpartition("\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    return json.dumps({"headers": lines, "sent": json.loads(body), "raw": body, "line": head.splitlines()[0]}).encode()


def as_problem(received: str) -> bytes:
    """A problem that quotes a request."""
    return json.dumps({"title": only_values(received)[:400], "detail": received, "sent": [received]}).encode()


Quoting = tuple[Callable[[str], bytes], str]
QUOTES: list[Any] = [
    pytest.param((lambda received: received.encode("latin-1"), "text/plain"), id="as it came"),
    pytest.param((lambda received: received.rpartition("\n")[2].encode("latin-1"), "text/plain"), id="body"),
    pytest.param((lambda received: only_values(received).encode(), "text/plain"), id="values"),
    pytest.param((lambda received: f"<pre>{html.escape(received)}</pre>".encode(), "text/html"), id="HTML"),
    pytest.param((lambda received: f"<b>{only_values(received)}</b>".encode(), "text/html"), id="HTML of values"),
    pytest.param((lambda received: quote(received).encode(), "text/plain"), id="percent"),
    pytest.param((as_json, "application/json"), id="JSON"),
    pytest.param((lambda received: json.dumps([received[::-1][::-1]]).encode(), "application/json"), id="JSON of text"),
    pytest.param((lambda received: json.dumps(json.dumps(received)).encode(), "text/plain"), id="JSON within JSON"),
    pytest.param((lambda received: json.dumps(only_values(received).split()).encode(), "application/json"), id="list"),
    pytest.param((as_problem, "application/problem+json"), id="problem"),
]


BACK = {
    "Location": f"/?token={CANARIES[0]}",
    "Link": f"</?token={CANARIES[0]}&page=2>; rel=next",
    "Set_Cookie": f"sid={CANARIES[3]}",
    "X_Mine": CANARIES[9],
    "X_Echo": f"you are {CANARIES[2]}",
}


def everything_of(error: BaseException) -> str:
    """All that a log, a report or another process may see of an error, its data included."""
    pickled = pickle.dumps(error)
    twin = pickle.loads(pickled)  # noqa: S301 - ours
    trace = "".join(traceback.format_exception(error))
    facts = [each.__dict__ for each in (error, twin)]
    return "\n".join([str(error), repr(error), trace, str(twin), repr(copy.copy(error)), repr(facts), repr(pickled)])


def everything_logged(caplog: pytest.LogCaptureFixture) -> str:
    """What restkit's logger wrote."""
    return "\n".join(each.getMessage() for each in caplog.records if each.name == "restkit")


OP = Op[Any]("POST", "x", params=PARAMS, headers=HEADERS, payload=payload(json=BODY), returns=int)


def failure(world: World, url: str) -> RestkitError:
    """The error of a call that carries every secret."""
    client = world.client(base_url=url, redact=["x-mine", "mine"])
    with pytest.raises(RestkitError) as caught:
        world(client.execute(OP))
    return caught.value


STATUSES = ["400 Bad Request", "401 Unauthorized", "429 Slow", "500 Oops", "200 OK", "302 Found"]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("quoting", QUOTES)
def test_no_canary_is_shown(
    world: World, saying: Saying, caplog: pytest.LogCaptureFixture, quoting: Quoting, status: str
) -> None:
    """In no text, representation, traceback, pickle or log, whatever the server says and how."""
    caplog.set_level(logging.DEBUG)
    quote_it, content_type = quoting
    saying.say_back(quote_it, content_type, status, **BACK)

    error = failure(world, saying.url)

    shown = everything_of(error) + everything_logged(caplog)
    assert [] == [canary for canary in CANARIES if canary in shown]


def test_every_canary_is_sent(world: World, saying: Saying) -> None:
    """So that the others prove something."""
    received: list[str] = []
    saying.say_back(lambda text: received.append(text) or b"", status="500 Oops")

    _ = failure(world, saying.url)

    assert [] == [canary for canary in CANARIES if canary not in received[0]]


BROKEN: list[Any] = [
    pytest.param(lambda request: httpx.ConnectError(f"to {request.url} with {request.headers['x-api-key']}"), id="url"),
    pytest.param(lambda _: httpx.LocalProtocolError(f"Illegal header value {HEADERS['Cookie']!r}"), id="header"),
    pytest.param(lambda request: httpx.RemoteProtocolError(f"sent {request.content.decode()}"), id="body"),
    pytest.param(lambda request: httpx.InvalidURL(f"Invalid URL {request.url}"), id="invalid"),
    pytest.param(lambda request: httpx.ReadError(only_values(str(request.url) + request.content.decode())), id="all"),
]


@pytest.mark.parametrize("error", BROKEN)
def test_no_canary_is_shown_by_what_lies_below(
    world: World, caplog: pytest.LogCaptureFixture, error: Callable[[httpx.Request], Exception]
) -> None:
    """Nor by what it came from, which a traceback shows as well."""
    caplog.set_level(logging.DEBUG)

    def fail(request: httpx.Request) -> httpx.Response:
        raise error(request) from ValueError(only_values(request.content.decode()))

    client = world.mocked(fail, redact=["x-mine", "mine"])
    with pytest.raises(RestkitError) as caught:
        world(client.execute(OP))

    shown = everything_of(caught.value) + everything_logged(caplog)
    assert [] == [canary for canary in CANARIES if canary in shown]


def test_user_info_is_not_shown(world: World, saying: Saying) -> None:
    """Whether it is sent or refused."""
    saying.say_back(str.encode, "text/plain", "500 Oops")
    url = saying.url.replace("//", f"//{CANARIES[0]}:{CANARIES[1]}@")

    with pytest.raises(RestkitError) as caught:
        world(world.client().get(f"{url}/x"))

    shown = everything_of(caught.value)
    assert [] == [canary for canary in CANARIES[:2] if canary in shown]


SERVERS_OWN = f"""<html><meta name="csrf-token" content="{CANARIES[0]}">
<input type="hidden" name="authenticity_token" value='{CANARIES[1]}'><input id=x name=page value=two>
<input name="session" value={CANARIES[2]}><token>{CANARIES[3]}</token><a:password x="y">{CANARIES[4]}</a:password>
<Code>NoSuchKey</Code><a href="https://u:{CANARIES[5]}@api.test/?sig={CANARIES[6]}">
Set-Cookie: sid={CANARIES[7]}; x={CANARIES[8]}
eyJhbGciOi.{CANARIES[9]}.{CANARIES[10]}
{{'secret': '{CANARIES[11]}', "pin"   :   {{"a": ["{CANARIES[12]}"]}}, "jwt" => "{CANARIES[13]}"}}
"""


def test_secrets_of_the_servers_own_are_not_quoted(world: World, saying: Saying) -> None:
    """Where something tells that they are: a name, a tag, a form."""
    saying.say(SERVERS_OWN.encode(), "text/html", "403 Forbidden")

    with pytest.raises(RestkitError) as caught:
        world(world.client(base_url=saying.url).get("/x"))

    said = caught.value.excerpt or ""
    assert ([], True, True) == (
        [canary for canary in CANARIES if canary in said],
        "<Code>NoSuchKey</Code>" in said,
        "name=page value=two" in said,
    )
