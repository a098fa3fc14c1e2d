"""A fault: what a server may do instead of what it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from restkit.testing.faults.steps import (
    READ,
    Apply,
    Close,
    Drip,
    HalfClose,
    Head,
    Reply,
    Reset,
    Script,
    Stall,
)

Kind = Literal["connecting", "sending", "head", "body", "content", "status", "redirect"]
Absence = Literal["refuses", "crowded"]


@frozen(kw_only=True)
class Fault:
    """One way to misbehave, as data: a name, and the script that is played instead of a healthy answer.

    `FAULTS` has those that there are; another is made of `restkit.testing.faults.steps`.
    """

    name: str
    kind: Kind
    about: str
    """What happens, in a sentence."""
    script: Script = ()
    tls: bool | None = None
    """Whether it needs a server of TLS, or one without; None if it does not matter."""
    beneath: bool = False
    """Whether it is played beneath TLS: before, or instead of, the handshake."""
    absence: Absence | None = None
    """Whether nobody answers at the port: from when its turn comes until the server is released."""

    @property
    def applies(self) -> bool:
        """Whether a write is applied all the same, before anything is waited for."""
        done = itertools.takewhile(lambda each: not isinstance(each, Stall | Drip), self.script)
        return any(isinstance(each, Apply) for each in done)

    @property
    def waits(self) -> bool:
        """Whether only a timeout of the client's ends it."""
        return self.absence == "crowded" or any(isinstance(each, Stall | Drip) for each in self.script)

    @property
    def is_early(self) -> bool:
        """Whether it comes before a byte of the request is looked at."""
        return bool(self.script) and not isinstance(self.script[0], Head)

    @property
    def ends(self) -> bool:
        """Whether the server ends the connection by it."""
        return any(isinstance(each, Reset | Close | HalfClose) for each in self.script)


OK = Fault(name="ok", kind="status", about="no fault: the API's own answer")
"""No fault."""


def status(code: int, *fields: tuple[str, str], applied: bool = False, name: str | None = None) -> Fault:
    """Answer with a status, and problem details. `applied`: although the write was applied."""
    script = (*READ, *([Apply()] if applied else ()), reply(code, fields))
    said = "".join(f", with {field}: {value}" for field, value in fields)
    about = f"answers {code}{said}{' although a write was applied' if applied else ''}"
    return Fault(name=name or f"{code}{' applied' if applied else ''}", kind="status", about=about, script=script)


def reply(code: int, fields: Sequence[tuple[str, str]] = ()) -> Reply:
    """An answer with problem details (RFC 9457)."""
    body = b'{"title": "as the test says", "status": %d}' % code
    return Reply(status=code, fields=tuple(fields), body=body, media_type="application/problem+json")


def throttled(retry_after: str | None, name: str) -> Fault:
    """429, with or without a Retry-After."""
    return status(429, *(() if retry_after is None else (("Retry-After", retry_after),)), name=name)


def redirect(code: int, location: str | None, name: str) -> Fault:
    """A redirect. `{origin}` in its location is the server's own, `{target}` what was asked for."""
    fields = () if location is None else (("Location", location),)
    about = f"answers {code}, with {'no Location' if location is None else f'Location: {location}'}"
    return Fault(name=name, kind="redirect", about=about, script=(*READ, Reply(status=code, fields=fields, body=b"")))
