"""The answer everyone decodes: a JSON object of twelve fields, and the class it becomes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from attrs import asdict, define


@define
class User:
    """A user as an API would describe one."""

    id: int
    name: str
    email: str
    age: int
    status: str
    active: bool
    score: float
    city: str
    country: str
    phone: str
    logins: int
    created_at: datetime


EXPECTED = User(
    id=7,
    name="Ada Lovelace",
    email="ada@example.test",
    age=36,
    status="active",
    active=True,
    score=9.75,
    city="London",
    country="GB",
    phone="+44 20 7946 0000",
    logins=1842,
    created_at=datetime(2024, 12, 10, 9, 30, tzinfo=UTC),
)

FIELDS = {**asdict(EXPECTED), "created_at": EXPECTED.created_at.isoformat()}

BODY = json.dumps(FIELDS, separators=(",", ":")).encode()
"""What the server sends for every user, whatever its id."""
