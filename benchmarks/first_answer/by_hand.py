"""Fetch one typed user with httpx, attrs, cattrs and tenacity, and end."""

import sys
from datetime import datetime

import httpx
from attrs import define
from cattrs.preconf.json import make_converter
from tenacity import retry, stop_after_attempt


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


@retry(stop=stop_after_attempt(3))
def get_user(client: httpx.Client, id: int) -> User:
    """Fetch a user."""
    response = client.get(f"/users/{id}").raise_for_status()
    return make_converter().structure(response.json(), User)


with httpx.Client(base_url=sys.argv[-1]) as client:
    assert get_user(client, 7).name == "Ada Lovelace"
