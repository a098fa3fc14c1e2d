"""A small JSON API with state, as servers and simulations of a test have it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from restkit.testing.ledger import Answered, Received

Item = dict[str, Any]
Api = Callable[[Received], Answered]
"""What an API does about a request that has come whole."""


class Items:
    """Any path whose last segment is a number is an item, any other a collection of those below it.

    GET, PUT, PATCH and DELETE of an item; GET (all of them) and POST (one more) of a collection. `contents` are the
    items by path, such as `users/7`.
    """

    def __init__(self, contents: Mapping[str, Item] | None = None) -> None:
        self.contents: dict[str, Item] = {} if contents is None else dict(contents)
        self._highest: dict[str, int] = {}

    def __call__(self, request: Received) -> Answered:
        """Do what is asked for."""
        path = request.path
        last = path.rpartition("/")[2]
        if not last.isdigit():
            return self._collection(request, path)
        if request.method == "PUT":
            return self._put(path, int(last), request.body)
        if path not in self.contents:
            return problem(404, f"there is no {path}")
        if request.method == "DELETE":
            del self.contents[path]
            return Answered(204)
        if request.method == "PATCH":
            self.contents[path] = {**self.contents[path], **fields_of(request.body)}
        return of_json(self.contents[path])

    def _put(self, path: str, number: int, body: bytes) -> Answered:
        was = path in self.contents
        self.contents[path] = {"id": number, **fields_of(body)}
        return of_json(self.contents[path], 200 if was else 201)

    def _collection(self, request: Received, path: str) -> Answered:
        if request.method != "POST":
            return of_json([item for each, item in self.contents.items() if each.rpartition("/")[0] == path])
        number = self._next(path)
        made = self.contents[f"{path}/{number}"] = {"id": number, **fields_of(request.body)}
        return of_json(made, 201)

    def _next(self, path: str) -> int:
        number = self._highest.get(path, 0) + 1
        while f"{path}/{number}" in self.contents:
            number += 1
        self._highest[path] = number
        return number


def fields_of(body: bytes) -> Item:
    """The fields of an item; a body that is no object is one field, `body`."""
    try:
        found: object = json.loads(body or b"{}")
    except ValueError:
        found = body.decode("latin-1")
    return cast("Item", found) if isinstance(found, dict) else {"body": found}  # JSON's names are text


def of_json(value: object, status: int = 200) -> Answered:
    """An answer of JSON."""
    return Answered(status, json.dumps(value).encode())


def problem(status: int, title: str) -> Answered:
    """Problem details (RFC 9457)."""
    body = json.dumps({"title": title, "status": status}).encode()
    return Answered(status, body, "application/problem+json")
