"""A host's addresses: looked up once for each connection, in a thread that may be left behind.

Looking up a name cannot be called off, and a loop's own thread pool would have to wait for it at its end. So in both
worlds each look-up has a thread of its own, which keeps a promise.
"""

from __future__ import annotations

import contextvars
import ipaddress
import socket
import threading
from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from restkit.errors import ConfigError, ResourceError
from restkit.flow.promise import Abandoned, Promise
from restkit.wire.bound import CLOCK
from restkit.wire.budget import Budget
from restkit.wire.no_connection import no_connection

Answer = Promise[Sequence[str] | BaseException]


class Resolver(Protocol):
    """Finds the addresses of a host. It may block: it is called in a thread of its own, in both worlds."""

    def __call__(self, host: str, port: int, /) -> Iterable[str]:
        """IPv4 and IPv6 addresses as text, the best one first.

        Raises socket.gaierror for a name that has none: with EAI_NONAME if that will stay so, EAI_AGAIN if it may not.
        """
        ...


def system(host: str, port: int, /) -> Iterable[str]:
    """Ask the system, in the order of RFC 6724."""
    name = host.encode("ascii")  # as text it would be taken for Unicode, and an overlong label would be no gaierror
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def look_up(resolver: Resolver, host: str, port: int, budget: Budget) -> Sequence[str]:
    """The addresses of a host, blocking. Raises httpx.ConnectError, or what the budget raises."""
    answer, thread = begin(resolver, host, port)
    try:
        found = answer.block(CLOCK, budget.left(), budget.stop)
    except (TimeoutError, Abandoned):
        raise budget.over() from None
    if thread is not None:
        thread.join()  # it is at its end: a fork should not find it
    return addresses(found)


async def alook_up(resolver: Resolver, host: str, port: int) -> Sequence[str]:
    """The addresses of a host, awaiting; whoever awaits sets the limits. Raises httpx.ConnectError."""
    answer, _ = begin(resolver, host, port)
    return addresses(await answer.wait(CLOCK))


def begin(resolver: Resolver, host: str, port: int) -> tuple[Answer, threading.Thread | None]:
    """Begin to look up a host in a thread, and promise its addresses."""
    answer: Answer = Promise()

    def find() -> None:
        _ = answer.keep(outcome(resolver, host, port))

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(find,), daemon=True, name="restkit-resolve")
    try:
        thread.start()
    except RuntimeError as error:
        if threading.main_thread().is_alive():
            made = ResourceError("no thread could be started to look up the host's name")
            made.__cause__ = error
            _ = answer.keep(made)
        else:  # the interpreter is about to end: there are no more threads, nor anybody who could be kept waiting
            find()
        return answer, None
    return answer, thread


def outcome(resolver: Resolver, host: str, port: int) -> Sequence[str] | BaseException:
    """The addresses, or why there are none."""
    try:
        return list(dict.fromkeys(resolver(host, port)))
    except BaseException as error:  # noqa: BLE001 - raised where somebody waits for it
        return error


def addresses(found: Sequence[str] | BaseException) -> Sequence[str]:
    """The addresses, unless there are none."""
    if isinstance(found, OSError):
        raise no_connection(str(found), found)
    if isinstance(found, BaseException):
        raise found
    if not found:
        raise no_connection("the host has no address", NOTHING)
    if not all(isinstance(each, str) and is_literal(each) for each in cast("Sequence[object]", found)):
        raise ConfigError("resolver", "found something that is no IP address", "answer addresses as text")
    return found


def is_literal(host: str) -> bool:
    """Whether a host is an address by itself, and needs no looking up."""
    try:
        _ = ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


NOTHING = socket.gaierror(socket.EAI_NONAME, "no address was found")
"""The error of a resolver that finds nothing."""
