"""Faults that are answers: error statuses and redirects."""

from __future__ import annotations

from restkit.testing.faults.fault import Fault, redirect, status, throttled

STATUSES: tuple[Fault, ...] = (
    *map(status, (500, 502, 503, 504, 408, 421, 425)),
    status(500, applied=True),
    status(503, ("Retry-After", "1"), name="503, Retry-After: 1"),
    throttled(None, "429"),
    throttled("0", "429, at once"),
    throttled("1", "429, in a second"),
    throttled("Fri, 31 Dec 1999 23:59:59 GMT", "429, in the past"),
    throttled("soon", "429, malformed"),
    throttled("86400", "429, in a day"),
)
REDIRECTS: tuple[Fault, ...] = (
    redirect(302, "{target}", "redirect to itself"),
    redirect(302, None, "redirect to nowhere"),
    redirect(302, "http://[bad", "redirect to no URL"),
    redirect(302, "file:///etc/hostname", "redirect to a file"),
    redirect(302, "http://user:secret@elsewhere.invalid/", "redirect with user info"),
    redirect(307, "http://elsewhere.invalid/", "redirect to another origin"),
)
