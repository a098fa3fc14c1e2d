"""Secrets of every grant, looked for wherever something is shown, logged or pickled: there are none."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from typing import Any

import httpx
import pytest

from restkit import AuthError
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import Authority
from tests.auth.oauth.grants import CANARIES, ID_TOKEN, MADE, REFRESH, TOKEN, signed_in
from tests.client.worlds import World


def shown_in(*texts: str) -> list[str]:
    """The canaries in texts, also as JSON, URLs and forms write them."""
    from urllib.parse import quote, quote_plus

    spelled = {each: {each, quote(each, safe=""), quote_plus(each), json.dumps(each)[1:-1]} for each in CANARIES}
    return [each for each, ways in spelled.items() if any(way in text for way in ways for text in texts)]


@pytest.fixture
def told(authority: Authority) -> Authority:
    """A server whose tokens are canaries."""
    authority.extra = {"access_token": TOKEN, "refresh_token": REFRESH, "id_token": ID_TOKEN}
    authority.good.add(TOKEN)
    return authority


@pytest.mark.parametrize("name", MADE)
def test_a_scheme_shows_none(name: str) -> None:
    """In its text, in those of its parts, and to pickle."""
    made = MADE[name]()
    with pytest.raises(TypeError) as caught:
        pickle.dumps(made)

    parts = [f"{each!s} {each!r}" for each in (made, *vars(made).values()) if not isinstance(each, str)]
    assert [] == shown_in(*parts, str(caught.value))


@pytest.mark.parametrize("name", MADE)
def test_a_token_shows_none(told: Authority, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """When it was had, and in what is logged of that."""
    caplog.set_level(logging.DEBUG)
    if name == "dpop":
        told.extra["token_type"] = "DPoP"  # noqa: S105 - a kind
    made = MADE[name](transport=httpx.MockTransport(told), clock=VirtualClock())
    signed_in(made)
    token = made.run(made.keeper.current())
    with pytest.raises(TypeError) as caught:
        pickle.dumps(token)

    assert (TOKEN, []) == (token.value, shown_in(str(token), repr(token), str(caught.value), caplog.text))


def echo(request: httpx.Request) -> httpx.Response:
    """Refuse, and send back everything that was sent, in a message and in a page."""
    sent = f"{request.content.decode()} {dict(httpx.QueryParams(request.content.decode()))} {dict(request.headers)}"
    return httpx.Response(400, json={"error": sent, "error_description": sent, "error_uri": sent, "page": sent})


def fall(request: httpx.Request) -> httpx.Response:
    """Break off, and say what cannot be sent, as h11 does."""
    raise httpx.LocalProtocolError(f"illegal value {request.content.decode()} {dict(request.headers)}", request=request)


@pytest.mark.parametrize("answer", [echo, fall])
@pytest.mark.parametrize("name", [name for name in MADE if name not in {"code", "device"}])
def test_an_error_shows_none(world: World, answer: Any, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """In its message, its facts, its traceback, its copies and logs, whatever a server or a transport says."""
    caplog.set_level(logging.DEBUG)
    made = MADE[name](transport=httpx.MockTransport(answer), clock=VirtualClock())
    with pytest.raises(AuthError) as caught:
        world(world.mocked(answer, auth=made).get("/items"))

    error = caught.value
    facts = {name: value for name, value in vars(error).items() if name != "_request"}
    texts = [str(error), repr(error), repr(facts), "".join(traceback.format_exception(error))]
    kept = repr(pickle.dumps(copy.copy(error)))
    assert [] == shown_in(*texts, kept, caplog.text)
