"""A server on real sockets that plays a script to each connection, and is healthy when the scripts are over.

It counts what it sees: connections, those that are open, bytes, and each whole head of a request.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self

import attrs

from tests.campaign.wire_end import PATIENCE, End
from tests.campaign.wire_script import Over, Script, Shake

SMALL = 4096
"""Bytes of a receive buffer: a client that sends much more has to wait."""


@attrs.define
class Seen:
    """What a server has seen."""

    connections: int = 0
    open: int = 0
    most: int = 0
    """The most connections that were open at once."""
    size: int = 0
    """Bytes, without those of TLS, and without what a proxy is told."""
    heads: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]])
    """Method and target of each request whose head came whole."""

    def times(self, target: str) -> int:
        """How often a target was asked for."""
        return sum(each == target for _, each in self.heads)


class Server:
    """The server: use it in a `with`. The nth connection is played the nth script, those behind the last are healthy.

    `healed` ends what stalls or drips. `opens` is how a healthy connection begins: with a handshake, or several.
    """

    def __init__(
        self, *scripts: Script, tls: bool = False, opens: Script = (), backlog: int = 128, listens: bool = True
    ) -> None:
        self.seen = Seen()
        self.changed = threading.Condition()
        self.told = threading.Event()
        self.marked = threading.Event()
        self._scripts, self._tls, self._backlog = scripts, tls, backlog
        self._opens: Script = opens or ((Shake(),) if tls else ())
        self._healing, self._healed = socket.socketpair()
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self._listening.bind(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._crowd: list[socket.socket] = []
        self._accepts = self._over = self._ends = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        if listens:
            self._listening.listen(backlog)
            self._begin() if backlog else self._fill()

    def _begin(self) -> None:
        self._accepts = True
        self._acceptor.start()

    def _fill(self) -> None:
        """Have so many wait in line that nobody else is let in."""
        for _ in range(4):
            waiting = socket.socket()
            waiting.settimeout(0)
            _ = waiting.connect_ex(("127.0.0.1", self.port))
            self._crowd.append(waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.heal()
        self._ends = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(PATIENCE)  # closed under it, it would let in whoever calls the next server of that number
        self._listening.close()
        with self.changed:
            self._over = True
            self._settle()

    def _settle(self) -> None:
        """Whoever comes last closes what those who pause look at."""
        if self._over and not self.seen.open:
            self._healed.close()

    def at(self, host: str) -> str:
        """Its URL, by one of its names."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    @property
    def is_healed(self) -> bool:
        """Whether the faults are over."""
        return self._healing.fileno() < 0

    def heal(self) -> None:
        """End what stalls or drips, and let everybody in: from now on the server is healthy."""
        if self.is_healed:
            return
        self.told.set()
        self._healing.close()
        for each in self._crowd:
            each.close()
        if not self._accepts:
            self._listening.listen(128)
            self._begin()

    def until_open(self, most: int, seconds: float = 2.0) -> bool:
        """Wait until no more connections than these are open. Whether it came to that."""
        with self.changed:
            return self.changed.wait_for(lambda: self.seen.open <= most, seconds)

    def until_heard(self, seconds: float = 2.0) -> int:
        """The bytes that have come, once no more come: what the system holds for a connection is read first."""
        over = time.monotonic() + seconds
        with self.changed:
            while self.changed.wait(0.02) and time.monotonic() < over:
                pass
            return self.seen.size

    def _accept(self) -> None:
        while not self._ends:
            try:
                line, _ = self._listening.accept()
            except OSError:  # it is shut down, or there are no descriptors left
                continue
            self._begin_serving(line, self._joined())

    def _begin_serving(self, line: socket.socket, number: int) -> None:
        thread = threading.Thread(target=self._serve, args=(line, number), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # there are no threads left: this one serves, and lets nobody else in meanwhile
            self._serve(line, number)

    def _joined(self) -> int:
        with self.changed:
            number = self.seen.connections
            self.seen.connections += 1
            self.seen.open += 1
            self.seen.most = max(self.seen.most, self.seen.open)
            return number

    def _serve(self, line: socket.socket, number: int) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(PATIENCE)
        end = End(self, line, self._healed)
        try:
            self._play(end, number)
        except (Over, OSError, ValueError):
            pass
        finally:
            end.line.close()
            with self.changed:
                self.seen.open -= 1
                self.changed.notify_all()
                self._settle()

    def _play(self, end: End, number: int) -> None:
        scripted = number < len(self._scripts) and not (self._backlog == 0 or self.is_healed)
        for step in self._scripts[number] if scripted else self._opens:
            step(end)
        while True:
            method, target = end.request()
            end.answer(target.encode(), bare=method == "HEAD")
