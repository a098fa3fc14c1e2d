"""The order of the layers: one list, with a reason beside each."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import (
    STACK,
    Admission,
    Authenticate,
    Cookies,
    Deadline,
    Flow,
    Guards,
    Hedge,
    Home,
    Hooks,
    Idempotency,
    Log,
    Observe,
    Proceed,
    Redirects,
    Retry,
    Settings,
    Sign,
    WireTransport,
)
from restkit.layers.home import Leave
from restkit.stack import layers


class Mine:
    """A layer of a user's own."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Do nothing."""
        return proceed(request)


def kinds(**settings: Any) -> list[type]:
    """The layers under these settings, by their classes."""
    return [type(layer) for layer in layers(Settings(**settings))]


def test_a_bare_client_has_little() -> None:
    """What nobody asked for costs nothing, but what a call may ask for."""
    assert [Deadline, Idempotency, Redirects, Retry, Hedge, Authenticate, Admission, Sign, Log] == kinds()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"bulkhead": None}, []),
        ({"bulkhead": False}, []),
        ({"bulkhead": None, "rate_limit": 5}, [Admission]),
        ({"bulkhead": None, "breaker": True}, [Admission]),
    ],
)
def test_admission_stands_where_there_is_something_to_admit(settings: Any, expected: list[type]) -> None:
    """A slot, a permit or a circuit."""
    assert expected == [kind for kind in kinds(**settings) if kind is Admission]


def test_everything_stands_in_its_order() -> None:
    """As the list has it."""
    everything = kinds(
        observers=[print],
        before=[print],
        event_hooks={"response": [print]},
        layers=[Mine()],
        attempt_layers=[Mine(), Mine()],
        cookies=True,
        transport=httpx.HTTPTransport(),
    )

    assert [
        *(Deadline, Observe, Hooks, Mine, Idempotency, Redirects, Hooks, Cookies),
        *(Retry, Hedge, Authenticate, Admission, Leave, Mine, Mine, Home, Sign, Observe, Guards, Log),
    ] == everything


@pytest.mark.parametrize("name", ["before", "after"])
def test_either_hook_alone_is_enough(name: str) -> None:
    """For the layer to be there."""
    expected = [Deadline, Hooks, Idempotency, Redirects, Retry, Hedge, Authenticate, Admission, Sign, Log]

    assert expected == kinds(**{name: [print]})


def test_our_own_transport_needs_no_guards() -> None:
    """It does by itself what they do."""
    assert Guards not in kinds(transport=WireTransport())


def test_every_place_has_a_name_and_a_reason() -> None:
    """No two have the same name."""
    names = [place.name for place in STACK]

    assert (len(names), True) == (len(set(names)), all(place.reason for place in STACK))
