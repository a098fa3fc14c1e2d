"""Table: the rows of one kind that the embedded API keeps in memory."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]


class Refusal(Exception):
    """What the API answers instead: an error status, and why."""

    status: HTTPStatus
    detail: str

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class Table:
    """Rows by their ids, which count from 1. Each has the same `fields`, none of them empty.

    Raises Refusal: 404 for an id that is not there, 422 for a row that is not whole.
    """

    def __init__(self, kind: str, *fields: str) -> None:
        self._kind, self._fields = kind, fields
        self._rows: dict[int, Row] = {}
        self._last = 0

    def add(self, given: Row) -> Row:
        """A new row under the next id."""
        row = self._checked(self._last + 1, given)
        self._last += 1
        self._rows[self._last] = row
        return row

    def get(self, id: str) -> Row:
        """The row with this id."""
        row = self._rows.get(int(id)) if id.isdecimal() else None
        if row is None:
            raise Refusal(HTTPStatus.NOT_FOUND, f"no {self._kind} has the id {id}")
        return row

    def where(self, **wanted: object) -> list[Row]:
        """The rows with these values, compared as the text of a query."""
        return [row for row in self._rows.values() if all(str(row.get(name)) == str(wanted[name]) for name in wanted)]

    def replace(self, id: str, given: Row) -> Row:
        """The row with this id, made anew."""
        row = self._checked(self.get(id)["id"], given)
        self._rows[row["id"]] = row
        return row

    def update(self, id: str, given: Row) -> Row:
        """The row with this id, some of its values changed."""
        return self.replace(id, {**self.get(id), **given})

    def delete(self, id: str) -> Row:
        """The row with this id, which is gone then."""
        return self._rows.pop(self.get(id)["id"])

    def _checked(self, id: int, given: Mapping[str, Any]) -> Row:
        for name in self._fields:
            if not given.get(name):
                raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"a {self._kind} needs a value of {name!r}")
        return {"id": id, **{name: given[name] for name in self._fields}}
