"""Rows about a client's own parts: redirects that are followed, certificates, much to send, a bulkhead that is full."""

from __future__ import annotations

from typing import Any

import httpx

from restkit.errors import BulkheadFull, RedirectRefused, TLSVerifyError, TooManyRedirects, WriteTimeout
from restkit.policies.bulkhead import Bulkhead
from restkit.testing.faults.fault import redirect, status
from tests.campaign.resilience_row import AGAIN, RAISE, WAYS, Row, futile, row

FOLLOWS: dict[str, Any] = {"settings": {"redirects": True}}
SEES_OTHER = status(303, ("Location", "/items/1"), applied=True, name="303 applied")
PLAIN = redirect(302, "http://elsewhere.invalid/", "redirect to plain HTTP")
FOLLOWED = (
    *(
        futile(name, RedirectRefused, name=f"{name}, followed", **FOLLOWS)
        for name in ("redirect to nowhere", "redirect to no URL", "redirect to a file", "redirect with user info")
    ),
    futile(
        "redirect to itself",
        TooManyRedirects,
        name="redirect to itself, followed",
        ways=tuple(way for way in WAYS if way.name in {"GET", "HEAD", "DELETE"}),
        **FOLLOWS,
    ),
    Row(
        name="redirect to plain HTTP",
        plan=(PLAIN,),
        once=(RedirectRefused,),
        safe=RAISE,
        unsafe=RAISE,
        tls=True,
        **FOLLOWS,
    ),
    Row(
        name="303, and then 503",
        plan=(SEES_OTHER, "503"),
        safe=AGAIN,
        unsafe=AGAIN,
        unread=True,
        status=303,
        attempts=3,
        ways=tuple(way for way in WAYS if way.method == "POST"),
        **FOLLOWS,
    ),
)
"""Redirects where they are followed. What leads to another origin has a table of its own."""
CERTIFICATES = tuple(
    Row(
        name=f"certificate {name}",
        plan=(),
        once=(TLSVerifyError,),
        safe=RAISE,
        unsafe=RAISE,
        tls=True,
        certificate=name,
    )
    for name in ("expired", "elsewhere", "stranger")
)
LARGE = 16 * 2**20
STALLED = row(
    "never reads",
    WriteTimeout,
    AGAIN,
    RAISE,
    name="never reads much",
    size=LARGE,
    settings={"timeout": httpx.Timeout(connect=5, read=5, write=0.5, pool=5), "deadline": 30.0},
    ways=tuple(way for way in WAYS if way.writes),
)
FULL = (
    Row(
        name="no slot free",
        plan=(),
        once=(BulkheadFull,),
        safe=RAISE,
        unsafe=RAISE,
        held=True,
        attempts=0,
        settings={"bulkhead": Bulkhead(1, max_wait=0.2)},
    ),
    Row(
        name="no slot free before the deadline",
        plan=(),
        once=(BulkheadFull,),
        safe=RAISE,
        unsafe=RAISE,
        held=True,
        attempts=0,
        settings={"bulkhead": 1},
        options={"deadline": 0.3},
    ),
)
