"""Which calls are made: of every method, keyed and unkeyed, each with a body of its own."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterable
from typing import Any, cast

from restkit.op import Op, Payload
from restkit.testing.ledger import KEY
from restkit.testing.weather.record import Made
from restkit.testing.weather.wire import CALL
from restkit.unset import UNSET

METHODS = ("GET",) * 6 + ("POST",) * 6 + ("PATCH", "PATCH", "PUT", "PUT", "PUT", "DELETE")
MODULUS = 1009
NUMBER = CALL.decode()
FIRST = 8
"""Items that there are from the beginning."""


def items(calls: Iterable[Made]) -> dict[str, dict[str, Any]]:
    """What the server has from the beginning: some items for all calls, and one for each that is to be deleted."""
    found = {f"items/{number}": {"id": number, **fields(0)} for number in range(1, FIRST + 1)}
    spare = {made.path[1:]: {"id": made.number, **fields(0)} for made in calls if made.method == "DELETE"}
    return {**found, **spare}


def fields(number: int) -> dict[str, int]:
    """What a call writes: its number, and what can only come from there."""
    return {"call": number, "check": number * 31 % MODULUS}


def is_whole(value: object) -> bool:
    """Whether an item, or a list of them, is as some call has written it."""
    if isinstance(value, list):
        return all(map(is_whole, cast("list[object]", value)))  # as JSON has it
    if not isinstance(value, dict):
        return False
    item = cast("dict[str, Any]", value)  # likewise
    return item.get("check") == fields(item.get("call", -1))["check"]


def planned(dice: random.Random, calls: int, seconds: float) -> list[Made]:
    """So many calls, within so many seconds."""
    return [planned_one(dice, number, seconds) for number in range(1, calls + 1)]


def planned_one(dice: random.Random, number: int, seconds: float) -> Made:
    """One of them."""
    method = METHODS[int(dice.random() * len(METHODS))]
    path = f"/items/{1 + int(dice.random() * FIRST)}"
    if method == "DELETE":
        path = f"/spare/{number}"
    elif method == "POST":
        path = "/items"
    elif method == "GET" and dice.random() < 0.1:  # noqa: PLR2004 - a few
        path = "/spare"
    body = b"" if method in {"GET", "DELETE"} else json.dumps(fields(number)).encode()
    keyed = method in {"POST", "PATCH"} and dice.random() < 0.5  # noqa: PLR2004 - as often as not
    key = str(uuid.UUID(int=dice.getrandbits(128), version=4)) if keyed else None
    return Made(number, method, path, body, key, dice.uniform(0, seconds))


def op(made: Made) -> Op[Any]:
    """The call as a value."""
    headers = {NUMBER: str(made.number)}
    if made.key is not None:
        headers[KEY] = made.key
    if not made.body:
        returns = None if made.method == "DELETE" else UNSET
        return Op(made.method, made.path, route="items", headers=headers, returns=returns)
    headers["content-type"] = "application/json"
    return Op(made.method, made.path, route="items", headers=headers, payload=Payload(content=made.body))
