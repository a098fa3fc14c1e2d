"""Deadlines and attempt timeouts: a server that never answers, and no wall time asserted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import DeadlineExceeded, Flow, Op, ReadTimeout, Sleep, operation
from restkit.resources import Resources
from tests.client.worlds import World
from tests.loopback import Loopback


def test_a_deadline_ends_a_call(world: World, server: Loopback) -> None:
    """The same error in every world, with the facts of its call."""
    client = world.client(base_url=server.url, deadline=0.1)

    with pytest.raises(DeadlineExceeded) as caught:
        world(client.get("/slow"))

    assert ("not over within its deadline of 0.1 s", "GET", f"{server.url}/slow", 1) == (
        caught.value.message,
        caught.value.method,
        caught.value.url,
        len(caught.value.attempts),
    )


def test_the_call_after_a_deadline_is_well(world: World, server: Loopback) -> None:
    """Its connection was given up."""
    client = world.client(base_url=server.url)

    with pytest.raises(DeadlineExceeded):
        world(client.get("/slow", deadline=0.1))

    assert 200 == world(client.get("/echo")).status_code


def test_a_read_timeout_within_the_deadline_is_a_read_timeout(world: World, server: Loopback) -> None:
    """The step that took too long is named."""
    client = world.client(base_url=server.url, timeout=0.1, retry=False)

    with pytest.raises(ReadTimeout) as caught:
        world(client.get("/slow"))

    assert [(1, None, "ReadTimeout")] == [(each.number, each.status, each.error) for each in caught.value.attempts]


@pytest.mark.parametrize(
    ("of_client", "of_call"),
    [pytest.param(0.1, {}, id="client"), pytest.param(50, {"attempt_timeout": 0.1}, id="call")],
)
def test_an_attempt_timeout_ends_an_attempt(
    world: World, server: Loopback, of_client: float, of_call: dict[str, Any]
) -> None:
    """By the client's setting, or by the call's, which goes first."""
    client = world.client(base_url=server.url, attempt_timeout=of_client, retry=False)

    with pytest.raises(ReadTimeout):
        world(client.get("/slow", **of_call))


def test_an_attempt_timeout_can_be_lifted(world: World) -> None:
    """By a call, where the client has one."""
    client = world.mocked(lambda _: httpx.Response(200), attempt_timeout=1e-9, deadline=None)

    assert 200 == world(client.get("/x", attempt_timeout=None)).status_code


def test_no_attempt_timeout_is_longer_than_the_deadline(world: World, server: Loopback) -> None:
    """The nearer moment is kept."""
    client = world.client(base_url=server.url, attempt_timeout=50, deadline=0.1)

    with pytest.raises(DeadlineExceeded):
        world(client.get("/slow"))


def test_a_deadline_can_be_lifted(world: World) -> None:
    """`deadline=None`: the layers see none."""
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["restkit"].deadline)
        return httpx.Response(200)

    client = world.mocked(answer, deadline=None)

    world(client.get("/x"))
    world(client.get("/x", deadline=None))

    assert [None, None] == seen


class Jobs(Resources[Any]):
    """A resource whose operation has a deadline of its own."""

    @operation(deadline=0.1)
    def slow(self) -> Op[None]:
        """Never answered."""
        return self.call("GET", "slow")


def test_an_operation_can_have_a_deadline(world: World, server: Loopback) -> None:
    """`@operation(deadline=...)`."""
    from restkit import Client, M

    class Acme(Client[M]):
        """The client."""

        jobs: Jobs

    client = world.client(Acme, base_url=server.url)

    with pytest.raises(DeadlineExceeded, match=r"0\.1 s"):
        world(client.jobs.slow())


def test_a_flow_of_several_steps_has_no_deadline_of_its_own(world: World) -> None:
    """Each of its calls has."""

    def steps() -> Flow[list[Any]]:
        first = yield from Op[Any]("GET", "x", returns=seen)
        yield from Sleep(0)
        second = yield from Op[Any]("GET", "x", returns=seen)
        return [first, second]

    def seen(response: httpx.Response) -> bool:
        return response.request.extensions["restkit"].deadline is not None

    assert [True, True] == world(world.mocked(lambda _: httpx.Response(200)).execute(steps()))
