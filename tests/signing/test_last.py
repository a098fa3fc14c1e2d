"""Signatures are made last, and so of all that is sent."""

from __future__ import annotations

from typing import ClassVar

import httpx
import pytest
from typing_extensions import override

from restkit import Authenticate, Flow, Pipeline, Proceed, Scheme, Sign
from tests.client.worlds import World

sent: list[httpx.Headers] = []


def note(request: httpx.Request) -> httpx.Response:
    """Keep what is sent."""
    sent[:] = [request.headers.copy()]
    return httpx.Response(200)


class Tag(Scheme):
    """Signs a header and a body, in plain view."""

    signs: ClassVar[bool] = True
    needs_body: ClassVar[bool] = True

    @override
    def authenticate(self, request: httpx.Request) -> None:
        """Add a header."""
        request.headers["X-Tag"] = request.headers.get("x-late", "no ") + request.content.decode("ascii")


class Asking(Tag):
    """One that looks at answers as well."""

    @override
    def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Never content."""
        return request.headers.get("x-tag") is None


def late(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Set a header."""
    request.headers["X-Late"] = "late "
    return proceed(request)


def test_a_signature_is_of_what_is_sent(world: World) -> None:
    """With what other layers have set."""
    client = world.mocked(note, auth=Tag(), attempt_layers=[late])

    world(client.post("/", content=b"body"))

    assert "late body" == sent[0]["x-tag"]


def test_so_is_that_of_a_call(world: World) -> None:
    """With a scheme of its own."""
    client = world.mocked(note, attempt_layers=[late])

    world(client.post("/", content=iter([b"body"]), auth=Tag()))

    assert "late body" == sent[0]["x-tag"]


def test_a_call_without_credentials_is_not_signed(world: World) -> None:
    """Whatever its client has."""
    client = world.mocked(note, auth=Tag())

    world(client.get("/", auth=None))

    assert "x-tag" not in sent[0]


def test_a_scheme_that_looks_at_answers_stays_where_it_is(world: World) -> None:
    """It may have a request sent once more, which is to be admitted anew."""
    client = world.mocked(note, auth=Asking(), attempt_layers=[late])

    world(client.post("/", content=b"body"))

    assert "no body" == sent[0]["x-tag"]


def test_no_signature_goes_along_to_another_origin(world: World) -> None:
    """A redirect takes none there."""
    tags: list[str | None] = []

    def leads_away(request: httpx.Request) -> httpx.Response:
        tags.append(request.headers.get("x-tag"))
        return httpx.Response(302, headers={"Location": "https://b.test/"}) if len(tags) == 1 else httpx.Response(200)

    client = world.mocked(leads_away, auth=Tag(), follow_redirects=True)
    world(client.get("/"))

    assert ["no ", None] == tags


@pytest.mark.parametrize("layers", [[], [Sign()]], ids=["alone", "with-sign"])
def test_a_pipeline_of_ones_own_signs_as_well(layers: list[Sign]) -> None:
    """With a Sign or without."""
    authenticate = Authenticate(Tag(), "https://a.test", signs_last=bool(layers))

    with httpx.Client(transport=Pipeline([authenticate, *layers], httpx.MockTransport(note))) as client:
        _ = client.post("https://a.test/", content=b"body")

    assert "no body" == sent[0]["x-tag"]
