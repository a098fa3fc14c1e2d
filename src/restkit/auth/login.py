"""Login: a token had by a call that data describes, and sent with every other."""

from __future__ import annotations

import httpx
from typing_extensions import Unpack, override

from restkit.credentials.scheme import Proceed, whole
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError, InputError
from restkit.flow import Flow
from restkit.layers.cookies import CookieJar, send
from restkit.policies.checked import flag
from restkit.policies.field_name import checked_header_name
from restkit.policies.retry_checks import statuses
from restkit.tokens.answer import fail, text
from restkit.tokens.conversation import Conversation, jar_of, lines_of
from restkit.tokens.login_call import LoginCall, checked_call
from restkit.tokens.login_options import LoginOptions, answer_of, check_options, place_of
from restkit.tokens.scheme import REFUSED, TokenScheme
from restkit.tokens.spot import Answer, checked_spot_or_none
from restkit.url import base_url, join

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing, and need no CSRF token."""
CSRF = "csrf"


class Login(TokenScheme):
    """Log in by a call, and send the token that it brings; log in again when that is over or refused.

    Parameters: `login`, and `refresh`, the call that renews a token, if there is one; the rest is `LoginOptions`. If
    the refresh is refused, it logs in again. What a call sends goes to the origin of its URL only. A `store` needs a
    `key`, by which it knows whose token that is. Raises ConfigError.
    """

    def __init__(self, login: LoginCall, refresh: LoginCall | None = None, **options: Unpack[LoginOptions]) -> None:
        check_options(options)
        super().__init__(
            early=options.get("early"),
            store=options.get("store"),
            key=options.get("key", ""),
            transport=options.get("transport"),
            allow_insecure=options.get("allow_insecure", False),
            clock=options.get("clock"),
            dice=options.get("dice"),
        )
        self._answer = answer_of(options)
        self._place = place_of(options, self._answer.token)
        self._sends_cookies = flag("cookies", options.get("cookies", False))
        self._csrf = checked_spot_or_none("csrf", options.get("csrf"))
        self._csrf_header = checked_header_name("csrf_header", options.get("csrf_header", "X-CSRF-Token"))
        self._refused = statuses(options.get("refused", (REFUSED,)), "refused")
        page = options.get("page")
        self._login = checked_call("login", login)
        self._refresh = None if refresh is None else checked_call("refresh", refresh)
        self._page = None if page is None else LoginCall(page, method="GET")
        base = options.get("base_url")
        self._base = None if base is None else base_url(base)
        self._learns = base is None
        self._jar: tuple[Token, CookieJar] | None = None
        self._check_urls()

    @override
    def belong_to(self, home: httpx.URL) -> None:
        if not self._learns or home == self._base:
            return
        if self._base is not None and not all(map(is_absolute, self._calls)):
            raise ConfigError("login", "is a path, below the URLs of two APIs", "pass base_url, or make one for each")
        self._base = home
        self._check_urls()

    @property
    def _calls(self) -> list[LoginCall]:
        return [each for each in (self._login, self._refresh, self._page) if each is not None]

    def _check_urls(self) -> None:
        """Raise ConfigError for a URL that cannot be, as far as it is known."""
        for each in self._calls:
            if self._base is not None or is_absolute(each):
                _ = self._url(each)

    def _url(self, call: LoginCall) -> httpx.URL:
        """Where a call goes. Raises ConfigError."""
        if is_absolute(call):
            return self.endpoint.checked("url", call.url)
        if self._base is None:
            raise ConfigError("base_url", "is not known, and the login is a path below it", "pass base_url")
        try:
            return self.endpoint.checked("url", join(self._base, str(self._base).rstrip("/"), call.url))
        except InputError as error:
            raise ConfigError("url", error.reason, error.remedy) from None

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        if self._refresh is not None and old is not None and self._is_renewable(old):
            try:
                return (yield from self._had(self._refresh, old))
            except AuthError as error:
                if error.status is None:
                    raise  # nobody has answered: nor would they a login
        return (yield from self._had(self._login, None))

    def _is_renewable(self, token: Token) -> bool:
        return self._answer.refresh_token is None or token.refresh_token is not None

    def _had(self, call: LoginCall, old: Token | None) -> Flow[Token]:
        """The token that a call brings."""
        talk = Conversation(self.endpoint, old)
        known = {} if old is None else known_of(old)
        if old is None and self._page is not None:
            page = yield from talk.ask((yield from self._page.request(self._url(self._page), {})), repeats=True)
            known |= self._csrf_in(page)
        request = yield from call.request(self._url(call), known)
        answer = yield from talk.ask(request, repeats=old is None, declared=call.names)
        extra = {name: value for name, value in known.items() if name == CSRF} | self._csrf_in(answer)
        if self._csrf is not None and CSRF not in extra:
            _ = text(answer.response, {}, str(self._csrf))
        token = self._answer.read(answer, old, {**talk.kept, **extra})
        if not self._place.can_hold(token.value):
            fail(answer.response, f"has a {self._answer.token} that no cookie could hold")
        return token

    def _csrf_in(self, answer: Answer) -> dict[str, str]:
        """The CSRF token of an answer, if there is one."""
        name, found = str(self._csrf), answer.at(self._csrf)
        return {} if found is None else {CSRF: text(answer.response, {name: found}, name)}

    @override
    def place(self, request: httpx.Request, token: Token) -> None:
        self._place.put(request, token.value)
        if self._sends_cookies:
            send(self._cookies(token).of(request.url, self.endpoint.clock.wall()), request.headers)
        if CSRF in token.extra and request.method not in SAFE:
            request.headers[self._csrf_header] = token.extra[CSRF]

    def _cookies(self, token: Token) -> CookieJar:
        """The cookies that came with a token, read once."""
        if self._jar is None or self._jar[0] is not token:
            self._jar = token, jar_of(lines_of(token))
        return self._jar[1]

    @override
    def is_refusal(self, response: httpx.Response) -> bool:
        return response.status_code in self._refused

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        if self._place.kind == "field":
            yield from whole(request)
        return (yield from super().exchange(request, proceed))


def is_absolute(call: LoginCall) -> bool:
    """Whether a call needs no base."""
    return "://" in call.url


def known_of(old: Token) -> dict[str, str]:
    """What the call that renews a token may say."""
    found = {"token": old.value, CSRF: old.extra.get(CSRF), "refresh_token": old.refresh_token}
    return {name: value for name, value in found.items() if value is not None}
