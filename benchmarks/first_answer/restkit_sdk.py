"""Fetch one typed user with restkit, and end."""

import sys
from datetime import datetime

from attrs import define

from restkit import Client, M, Resource


@define
class User:
    """A user."""

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


class Users(Resource[User, M], path="users"):
    """The users."""


class Acme(Client[M], base_url="http://127.0.0.1:1"):
    """An API that has users."""

    users: Users[M]


with Acme(base_url=sys.argv[-1]) as client:
    assert client.users.get(7).name == "Ada Lovelace"
