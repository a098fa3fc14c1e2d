"""What schemes with tokens may be told, by keyword."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import TypedDict

import httpx

from restkit.credentials.store import TokenStore
from restkit.flow import Clock, Transport
from restkit.tokens.identity import Method
from restkit.tokens.signing_key import SigningKey


class TokenOptions(TypedDict, total=False):
    """What every scheme with tokens may be told."""

    early: float | None
    """Seconds before its end at which a token is renewed; None for a fifth of its life."""
    store: TokenStore | None
    """Where tokens outlive the process, or are shared."""
    key: str
    """By which the store knows the token: whose it is."""
    transport: Transport | None
    """What token requests go over; None for that of the client."""
    allow_insecure: bool
    """Whether they may go over plain http to another machine."""
    clock: Clock | None
    """Time, for tests: that of the client."""
    dice: random.Random | None
    """Chance, for tests."""


class GrantOptions(TokenOptions, total=False):
    """What every grant may be told."""

    issuer: str | None
    """The authorization server, whose metadata names the endpoints that are not named here."""
    revocation_url: str | httpx.URL | None
    """Where tokens are revoked."""
    method: Method | None
    """How the client shows who it is: `basic`, `post`, `jwt` or `none`."""
    scope: str | Iterable[str] | None
    """What is asked for."""
    audience: str | None
    """Whom the token is for, as some servers have it."""
    resource: str | Iterable[str]
    """The URLs of the APIs that the token is for (RFC 8707)."""
    parameters: Mapping[str, str] | None
    """Further parameters that the server wants."""
    dpop: bool | SigningKey
    """Whether tokens are bound to a key (RFC 9449): a new one for each scheme, or this one."""
