"""A server on the loopback address that misbehaves as it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from restkit.testing.faults.end import PATIENCE, Line
from restkit.testing.faults.plan import Decide, Plan, Told
from restkit.testing.faults.steps import HEALTHY, Over, Script
from restkit.testing.items import Api, Items
from restkit.testing.ledger import Ledger

if TYPE_CHECKING:
    import ssl

    from restkit.testing.faults.fault import Absence

SMALL = 16_384
"""Bytes of a receive buffer: a client that sends much more has to wait for who never reads."""
HOST = "127.0.0.1"


class FaultServer:
    """A JSON API with state on a real socket, of HTTP/1.1, that misbehaves as its plan says: use it in a `with`.

        with FaultServer([503, "reset unanswered", "ok"]) as server, Acme(base_url=server.url) as acme:
            acme.users.create(name="Ada")
            assert 1 == len(server.ledger.writes)

    Parameters: `plan`, what becomes of each request: a sequence of faults (of `FAULTS`, by name or as they are; a
    status; "ok"), behind which all is well; or a function of the request's head; or `by_chance(seed)`. `api`, what
    answers: by default `Items`, in which every path is a collection or an item. `tls`, a server's context, whose
    certificate is for 127.0.0.1.

    Nothing in it sleeps: what stalls waits for `release()`, or for the end of the `with`. Clients of either world may
    use it, since it has threads of its own.
    """

    port: int

    def __init__(
        self,
        plan: Iterable[Told] | Decide | Told = (),
        *,
        api: Api | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.ledger: Ledger = Ledger()
        """What it has received, and which writes it has applied."""
        self.items: Items = Items()
        """The state of the API that it has by default."""
        self.api: Api = self.items if api is None else api
        self.changed: threading.Condition = threading.Condition()
        self._tls, self._plan = tls, Plan(plan)
        self._listening, self.port = bound(0)
        self.url: str = f"{'http' if tls is None else 'https'}://{HOST}:{self.port}"
        """Its address."""
        self._releasing, self._released = socket.socketpair()
        self._is_over = False
        self._acceptor: threading.Thread | None = None
        self._crowd: list[socket.socket] = []
        self._lines: dict[int, tuple[Line, threading.Thread]] = {}

    def __enter__(self) -> Self:
        absence = self._plan.absence()
        if absence is None:
            self._listen()
        else:
            self._be_absent(absence)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.changed:
            self._is_over = True
        self.release()
        self._stop_listening()
        with self.changed:
            running = list(self._lines.values())
        for line, thread in running:
            shut(line.line)
            thread.join(PATIENCE)
        self._released.close()

    def play(self, plan: Iterable[Told] | Decide | Told) -> None:
        """Have this become of the requests from now on."""
        self._plan = Plan(plan)
        absence = self._plan.absence()
        if absence is not None:
            self._be_absent(absence)

    def release(self) -> None:
        """Let everything that stalls go on, now and later, and let everybody in."""
        self._releasing.close()
        for each in self._crowd:
            each.close()
        if self._acceptor is None and not self._is_over:
            self._listen()

    def wait_for(self, count: int) -> None:
        """Wait until so many requests have come whole. Raises AssertionError if they do not come."""
        self._until(lambda: len(self.ledger.requests) >= count, f"{count} requests did not come")

    def wait_until_left(self) -> None:
        """Wait until every connection is over. Raises AssertionError if some stay open."""
        self._until(lambda: not self.ledger.open, "connections stay open")

    def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        with self.changed:
            if not self.changed.wait_for(holds, PATIENCE):
                raise AssertionError(f"{otherwise}: {self.ledger}")

    def pause_until(self) -> socket.socket:
        """A socket that hangs up when the server is released."""
        return self._released

    def _listen(self) -> None:
        self._listening.listen(128)
        self._acceptor = threading.Thread(target=self._accept, args=(self._listening,), daemon=True)
        self._acceptor.start()

    def _stop_listening(self) -> None:
        """Let nobody in any more; the port stays ours until it is closed."""
        acceptor, self._acceptor = self._acceptor, None
        shut(self._listening)
        if acceptor is not None and acceptor is not threading.current_thread():
            acceptor.join(PATIENCE)  # closed under it, it would let in who calls the next server of that number
        self._listening.close()

    def _be_absent(self, how: Absence) -> None:
        self._stop_listening()
        self._listening, _ = bound(self.port)
        if how == "crowded":
            self._listening.listen(0)
            for _ in range(4):
                waiting = socket.socket()
                waiting.settimeout(0)
                _ = waiting.connect_ex((HOST, self.port))
                self._crowd.append(waiting)

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it does not listen any more
            while True:
                line, _ = listening.accept()
                self._begin(line)

    def _begin(self, line: socket.socket) -> None:
        with self.changed:
            self.ledger.connections += 1
            self.ledger.open += 1
            end = Line(self, line, self.ledger.connections)
            thread = threading.Thread(target=self._serve, args=(end,), daemon=True)
            self._lines[end.number] = end, thread
            thread.start()

    def _serve(self, end: Line) -> None:
        try:
            self._converse(end)
        except (Over, OSError, ValueError):  # it is over, the client has gone, or it speaks no HTTP
            pass
        finally:
            end.line.close()
            with self.changed:
                self.ledger.open -= 1
                del self._lines[end.number]
                self.changed.notify_all()

    def _converse(self, end: Line) -> None:
        early = self._plan.early()
        if self._tls is not None:
            if early is not None and early.beneath:
                play(early.script, end)
                early = None
            end.shake(self._tls)
        while not end.is_last:
            if early is None:
                end.wait()
                early = self._plan.early()
            self._answer(end, () if early is None else early.script)
            early = None

    def _answer(self, end: Line, script: Script) -> None:
        """Have become of a request what the plan says."""
        if not script:
            end.head()
            script = self._plan.take(end.request).script or HEALTHY
            self._look_ahead(end)
        play(script, end)
        end.is_last = end.is_last or end.request.headers.get("connection", "").lower() == "close"
        end.begin()

    def _look_ahead(self, end: Line) -> None:
        """Be gone before this answer goes out, if nobody is there for the next request."""
        absence = self._plan.absence()
        if absence is not None:
            end.is_last = True
            self._be_absent(absence)


def play(script: Script, end: Line) -> None:
    """Play a script, step by step."""
    for step in script:
        step(end)


def bound(port: int) -> tuple[socket.socket, int]:
    """A socket that is bound, and does not listen yet; and its port."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    made.bind((HOST, port))
    return made, made.getsockname()[1]


def shut(line: socket.socket) -> None:
    """Shut a socket down, if it is not yet; beneath TLS, without a word."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)
