"""Idempotency: a key by which the server knows that a write came before."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from typing import Final

import httpx

from restkit.context import Context
from restkit.errors import ConfigError, InputError
from restkit.flow import Clock, Flow
from restkit.flow.forks import forks
from restkit.pipeline import Proceed
from restkit.policies.checked import clock_or_real
from restkit.policies.idempotency import ISSUED, WRITES, Issued, checked_key, checked_keys, header_of, quoted

OPTION: Final = "idempotency_key"
"""The option that a key of the caller's own is."""
REMEMBERED = 1_000
"""How many keys of the caller's own are remembered."""
Body = tuple[str, str, object]


class Idempotency:
    """Give writes a key, the same for each attempt: `keys` says whether each POST and PATCH has one of ours.

    `keys` may be the name of the header, which else is Idempotency-Key. The call's own options go first: `idempotency`,
    and `idempotency_key`, a key of the caller's own, which a write may bring as that header, too. It is refused with
    InputError for another body than before. Raises ConfigError.
    """

    __slots__ = ("__weakref__", "_clock", "_given", "_header", "_keys", "_lock")

    def __init__(self, keys: bool | str = True, *, clock: Clock | None = None) -> None:  # noqa: FBT001, FBT002 - as the setting has it
        given = checked_keys("keys", keys)
        self._keys, self._clock = bool(given), clock_or_real("clock", clock)
        self._header = header_of(given)
        self._given: OrderedDict[str, Body] = OrderedDict()
        self._lock = threading.Lock()
        forks.add(self)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done for a call that does not ask for it."""
        return not self._keys

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Give a write its key."""
        options = Context.of(request).options
        wanted = options.get("idempotency", self._keys) and request.method in WRITES
        if wanted or OPTION in options:
            self._mark(request, options.get("idempotency"), options.get(OPTION))
        return proceed(request)

    def _mark(self, request: httpx.Request, asked: bool | str | None, given: str | None) -> None:  # noqa: FBT001 - a setting
        header = header_of(asked, self._header)
        key = request.headers.get(header) if given is None else given
        if key is None:
            key = quoted(fresh())
        else:
            self._refuse_other(checked(key), request)
        request.headers[header] = key
        request.extensions[ISSUED] = Issued(header, self._clock.now())

    def _refuse_other(self, key: str, request: httpx.Request) -> None:
        """Raise InputError if a key was given for another request before."""
        body = body_of(request)
        with self._lock:
            before = self._given.setdefault(key, body)
            self._given.move_to_end(key)
            if len(self._given) > REMEMBERED:
                _ = self._given.popitem(last=False)
        if before != body:
            reason = "was given for another request before, or one whose body is not in memory"
            raise InputError(OPTION, reason, "make a key for each request, or pass the body as bytes")

    def after_fork(self) -> None:
        """In the child: a lock that may have been held by the parent."""
        self._lock = threading.Lock()


def checked(key: str) -> str:
    """A key of the caller's own. Raises InputError."""
    try:
        return checked_key(OPTION, key)
    except ConfigError as error:
        raise InputError(error.field, error.reason, error.remedy) from None


def body_of(request: httpx.Request) -> Body:
    """What distinguishes a request from others: one whose body is not in memory is like no other."""
    if isinstance(request.stream, httpx.ByteStream):
        return request.method, str(request.url), zlib.crc32(request.content)
    return request.method, str(request.url), object()


def fresh() -> str:
    """A key that nobody has had: a UUID of version 4 (RFC 9562)."""
    import uuid

    return str(uuid.uuid4())  # of os.urandom
