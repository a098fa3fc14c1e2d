"""Authenticate: put credentials on each attempt, for the origin they belong to and no other."""

from __future__ import annotations

import functools
from typing import cast

import httpx

from restkit.admission.origins import KEY as ORIGIN
from restkit.admission.origins import Noted, Written, has_left, origin_of
from restkit.context import KEY, Context
from restkit.credentials.clear import is_clear, refuse_clear
from restkit.credentials.foreign import exchange
from restkit.credentials.scheme import SIGNER, Scheme, done
from restkit.errors import ConfigError
from restkit.flow import Flow, close
from restkit.pipeline import Proceed
from restkit.policies.hop import FOREIGN
from restkit.url import base_url, origin


class Authenticate:
    """Authenticate requests by `auth`, any `httpx.Auth`, anew for each attempt; the call's own `auth` goes first.

    Parameters: `home`, the URL of the API, to whose origin alone the credentials of `auth` go; `allow_insecure`,
    whether they may go over plain http to another machine; `signs_last`, whether signatures are left to a Sign below.
    A call's own credentials go to where the call goes, and not along with a redirect or a hook. Raises ConfigError, and
    InputError for a call, where they could be read on the way.
    """

    __slots__ = ("_allow_insecure", "_auth", "_header", "_home", "_plain", "_signs_last", "_spellings")

    def __init__(
        self,
        auth: httpx.Auth | None,
        home: str | httpx.URL | None = None,
        *,
        allow_insecure: bool = False,
        signs_last: bool = False,
    ) -> None:
        check_auth(auth)
        self._auth, self._allow_insecure, self._signs_last = auth, allow_insecure, signs_last
        if auth is not None and home is None:
            raise ConfigError("auth", "is set, and base_url is not", "set base_url: credentials go to its origin only")
        if isinstance(auth, Scheme) and home is not None:
            auth.belong_to(base_url(home))
        self._home = None if home is None else checked_home(home, may_be_clear=auth is None or allow_insecure)
        self._plain = auth if isinstance(auth, Scheme) and auth.is_plain and not self._leaves(auth) else None
        self._header = None if self._plain is None else header_of(self._plain)
        self._spellings: set[Written] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done for a call that does not ask for it."""
        return self._auth is None

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request with its credential."""
        extensions = request.extensions
        options = (extensions.get(KEY) or Context.of(request)).options
        if FOREIGN in extensions:
            return proceed(request)
        if "auth" in options:
            auth = cast("httpx.Auth | None", options["auth"])  # as checked
            return self._asked(auth, request, proceed)
        url = request.url
        noted: Noted | None = extensions.get(ORIGIN)
        if noted is not None and noted[0] is url:
            is_home = noted[1] == self._home
        else:
            is_home = (url.scheme, url.raw_host, url.port) in self._spellings or self._is_home(request)
        if not is_home:
            return proceed(request)
        if self._header is None:
            return self._at_home(request, proceed)
        name, value = self._header
        request.headers[name] = value
        return proceed(request)

    def _at_home(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request to where the credentials belong."""
        if self._plain is None:
            return proceed(request) if self._auth is None else self._authenticated(self._auth, request, proceed)
        steps = self._plain.authenticate(request)
        return proceed(request) if steps is None else after(steps, request, proceed)

    def _is_home(self, request: httpx.Request) -> bool:
        """Whether a request goes to where the credentials belong: found once for each way to write that."""
        if origin_of(request) != self._home:
            return False
        url = request.url
        self._spellings.add((url.scheme, url.raw_host, url.port))
        return True

    def _asked(self, auth: httpx.Auth | None, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request as its call has it."""
        if auth is None or has_left(request):
            return proceed(request)
        if not self._allow_insecure:
            refuse_clear(request.url)
        return self._authenticated(auth, request, proceed)

    def _authenticated(self, auth: httpx.Auth, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request as a scheme has it, which may sign it further below."""
        if not self._leaves(auth):
            return authenticated(auth, request, proceed)
        request.extensions = {**request.extensions, SIGNER: auth}
        return proceed(request)

    def _leaves(self, auth: httpx.Auth) -> bool:
        """Whether a scheme is left to the layer that signs."""
        return self._signs_last and isinstance(auth, Scheme) and auth.signs and auth.is_one_way


def check_auth(given: object) -> None:
    """Raise ConfigError for what is no httpx.Auth."""
    if not (given is None or isinstance(given, httpx.Auth)):
        raise ConfigError("auth", f"is of type {type(given).__name__}", "pass an httpx.Auth, such as Bearer(token)")


def header_of(scheme: Scheme) -> tuple[str, str] | None:
    """The header that is all a scheme sends; None for one that has its own way."""
    return scheme.header if type(scheme).authenticate is Scheme.authenticate else None


@functools.lru_cache(maxsize=256)
def checked_home(home: str | httpx.URL, *, may_be_clear: bool) -> tuple[str, str, int]:
    """The origin that credentials belong to. Raises ConfigError."""
    url = base_url(home)
    if is_clear(url) and not may_be_clear:
        raise ConfigError(
            "base_url", "is plain http, and auth could be read on the way", "use https, or pass allow_insecure=True"
        )
    return origin(url)


def authenticated(auth: httpx.Auth, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Send a request by any scheme, and put away each answer that is not the last."""
    answers: list[httpx.Response] = []

    def proceed_again(request: httpx.Request) -> Flow[httpx.Response]:
        if answers:
            yield from close(answers.pop())
        response = yield from proceed(request)
        answers.append(response)
        return response

    if isinstance(auth, Scheme):
        return auth.exchange(request, proceed_again)
    return exchange(auth, request, proceed_again)


def after(steps: Flow[None], request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Send a request when its credential is there."""
    yield from done(steps)
    return (yield from proceed(request))
