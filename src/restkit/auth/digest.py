"""Digest: a user name and a password that is never sent (RFC 7616)."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

import httpx
from typing_extensions import override

from restkit.credentials.scheme import Proceed, Scheme, whole
from restkit.credentials.secret import Value, ask, checked_password, password_text
from restkit.errors import AuthError
from restkit.flow import Flow
from restkit.flow.forks import forks
from restkit.flow.original import Original
from restkit.policies.digest import Asked, Demand, authorization, demand_of
from restkit.url import origin

REFUSED = 401
MOST_ORIGINS = 16
"""Origins whose demands are known at a time."""
MOST_REPEATS = 2
"""How often a request is sent again: with what the server demanded, and once more if that was too old already."""


class Session:
    """What a server has demanded, and how often it was met since."""

    demand: Demand
    cnonce: str

    def __init__(self, demand: Demand) -> None:
        self.demand = demand
        self.cnonce = secrets.token_urlsafe(24)
        self._count = 0

    def next(self, request: httpx.Request) -> Asked:
        """The next request of it; under a lock, since no two may have the same count."""
        self._count += 1
        return Asked(
            method=request.method,
            target=request.url.raw_path.decode("ascii"),
            body=request.content if self.demand.qop == "auth-int" else b"",
            count=self._count,
            cnonce=self.cnonce,
        )


class Digest(Scheme):
    """Answer what a server demands with a user name and a password: with the strongest algorithm that it offers.

    The password is text, an `EnvVar`, or what a function gives each time. The first request to an origin is sent twice,
    the second time with the answer; those after it have it at once. A body that can be read once only cannot be sent
    twice: AuthError.
    """

    def __init__(self, user: str, password: Value) -> None:
        self._user = password_text("user", user)
        self._password = checked_password("password", password)
        self._sessions: OrderedDict[tuple[str, str, int], Session] = OrderedDict()
        self._lock = threading.Lock()
        forks.add(self)

    def after_fork(self) -> None:
        """In the child: begin anew, since the counts go on in the parent."""
        self._sessions, self._lock = OrderedDict(), threading.Lock()

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        original, where = Original(request), origin(request.url)
        session = self._sessions.get(where)
        yield from self._sign(request, session)
        response = yield from proceed(request)
        for repeat in range(MOST_REPEATS):
            if response.status_code != REFUSED:
                return response
            demand = demand_of(response.headers.get_list("www-authenticate"))
            if demand is None or (repeat and not demand.is_stale):
                self._forget(where)
                return response
            if not original.is_replayable:
                raise AuthError("the server asks who calls, but the body can be sent only once", status=REFUSED)
            another = original.copy()
            yield from self._sign(another, self._begin(where, demand))
            response = yield from proceed(another)
        return response

    def _sign(self, request: httpx.Request, session: Session | None) -> Flow[None]:
        """Put the answer to a demand on a request, if there is one."""
        if session is None:
            return
        demand = session.demand
        if demand.qop == "auth-int":
            yield from whole(request)
        password = yield from ask("password", self._password, password_text)
        with self._lock:
            asked = session.next(request)
        request.headers["Authorization"] = authorization(demand, self._user, password, asked)

    def _begin(self, where: tuple[str, str, int], demand: Demand) -> Session:
        """From now on, meet this demand of an origin."""
        session = Session(demand)
        with self._lock:
            self._sessions[where] = session
            self._sessions.move_to_end(where)
            if len(self._sessions) > MOST_ORIGINS:
                _ = self._sessions.popitem(last=False)
        return session

    def _forget(self, where: tuple[str, str, int]) -> None:
        """Begin anew: the password was wrong, or the server demands something else."""
        with self._lock:
            _ = self._sessions.pop(where, None)
