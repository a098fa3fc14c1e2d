"""The ledger, and the API with state that servers of tests have."""

from __future__ import annotations

import json
from typing import Any

from restkit.testing import Answered, Items, Ledger, Received, Write


def received(method: str, target: str, body: Any = None, key: str | None = None) -> Received:
    """A request."""
    said = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return Received(method, target, {} if key is None else {"idempotency-key": key}, said, 1)


def asked(api: Items, *what: Any) -> tuple[int, Any]:
    """A status, and what the body says."""
    answered = api(received(*what))
    return answered.status, json.loads(answered.body) if answered.body else None


def test_items() -> None:
    """Each method does what it says."""
    api = Items({"users/7": {"id": 7, "name": "Ada"}})

    assert (200, {"id": 7, "name": "Ada"}) == asked(api, "GET", "/users/7?fields=all")
    assert (201, {"id": 1, "name": "Bob"}) == asked(api, "POST", "/users", {"name": "Bob"})
    assert (200, {"id": 7, "name": "Ada", "age": 36}) == asked(api, "PATCH", "/users/7", {"age": 36})
    assert (200, {"id": 7}) == asked(api, "PUT", "/users/7", {})
    assert (201, {"id": 2, "name": "Eve"}) == asked(api, "PUT", "/users/2", {"name": "Eve"})
    assert (201, {"id": 3}) == asked(api, "POST", "/users")
    assert (204, None) == asked(api, "DELETE", "/users/7")
    assert 404 == asked(api, "GET", "/users/7")[0]
    assert (200, [1, 2, 3]) == (200, sorted(each["id"] for each in asked(api, "GET", "/users")[1]))


def test_bodies_that_are_no_object() -> None:
    """Are kept as they are."""
    api = Items()

    assert {"id": 1, "body": "hello"} == asked(api, "POST", "/notes", b"hello")[1]
    assert {"id": 2, "body": [1]} == asked(api, "POST", "/notes", [1])[1]


def test_a_key_is_applied_once() -> None:
    """However often it comes; it is answered as before."""
    ledger, api = Ledger(), Items()
    request = received("POST", "/users", {"name": "Ada"}, "k1")

    first, again = ledger.apply(request, api), ledger.apply(request, api)

    assert first is again
    assert ([Write("POST", "/users", "k1", request.body)], 1, {"k1": 1}, []) == (
        ledger.writes,
        ledger.repeated,
        ledger.by_key(),
        ledger.doubled,
    )


def test_what_is_doubled() -> None:
    """POST and PATCH that were applied more than once; PUT and DELETE may be."""
    ledger, api = Ledger(), Items({"users/1": {}, "users/2": {}})
    for method in ("POST", "PUT", "PATCH"):
        for _ in range(2):
            ledger.apply(received(method, "/users/1" if method != "POST" else "/users", {"name": "Ada"}), api)
    ledger.apply(received("PATCH", "/users/2", {"name": "Ada"}), api)

    assert ["POST", "PATCH"] == [each.method for each in ledger.doubled]


def test_what_is_refused_is_not_applied() -> None:
    """Nor are reads writes."""
    ledger = Ledger()
    ledger.apply(received("PATCH", "/users/1", {}), Items())
    ledger.apply(received("GET", "/users"), Items())
    ledger.apply(received("POST", "/users"), lambda _: Answered(503))

    assert [] == ledger.writes
