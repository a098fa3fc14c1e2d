"""Settings of schemes that cannot be: each is refused when the scheme is made, by its name, and with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import ConfigError
from restkit.auth import (
    JWT,
    AuthorizationCode,
    ClientCredentials,
    DeviceCode,
    JWTBearer,
    Login,
    LoginCall,
    RefreshToken,
    Token,
    TokenExchange,
    discover,
)
from restkit.flow import World, run
from restkit.stores import MemoryTokens

URL = "https://login.test/token"
AUTHORIZE = "https://login.test/authorize"
KEY = "c4n4ry-53cr37-v4lu3-of-32-characters"
ISSUERS = ["https://login.test?x=1", "https://login.test/#x", "https://login.test/\n", "login.test", "", 5]


def client(**options: Any) -> ClientCredentials:
    """A scheme with these options."""
    return ClientCredentials(URL, "acme", KEY, **options)


def code(url: str = AUTHORIZE, client_id: Any = "acme", **options: Any) -> AuthorizationCode:
    """A scheme for somebody with a browser."""
    return AuthorizationCode(url, URL, client_id, **options)


def jwt(**options: Any) -> JWT:
    """A scheme that signs, with these options."""
    return JWT(KEY, **options)


def bearer(**options: Any) -> JWTBearer:
    """A scheme with an assertion, and these options."""
    return JWTBearer(URL, KEY, **options)


def exchange(**options: Any) -> TokenExchange:
    """A scheme that exchanges tokens, with these options."""
    return TokenExchange(URL, KEY, **options)


def login(call: Any = "", **options: Any) -> Login:
    """A scheme that logs in, with these options."""
    return Login(call or LoginCall("login"), **options)


def form(**fields: Any) -> LoginCall:
    """A call with these fields."""
    return LoginCall("login", form=fields)


WRONG: list[tuple[Callable[[], object], str]] = [
    (lambda: client(scope=5), "scope"),
    (lambda: client(scope=0), "scope"),
    (lambda: client(scope=["a", 1]), "scope"),
    (lambda: client(scope=b"ab"), "scope"),
    (lambda: client(audience=5), "audience"),
    (lambda: client(audience=["a", "b"]), "audience"),
    (lambda: client(resource=None), "resource"),
    (lambda: client(resource=5), "resource"),
    (lambda: client(resource=["https://api.test", None]), "resource"),
    (lambda: client(parameters=[("a", "b")]), "parameters"),
    (lambda: client(parameters=5), "parameters"),
    (lambda: client(parameters={5: "a"}), "parameters"),
    (lambda: client(store="tokens.json"), "store"),
    (lambda: client(store=MemoryTokens), "store"),
    (lambda: RefreshToken(URL, KEY, store="tokens.json", key="a"), "store"),  # type: ignore[arg-type] # on purpose
    (lambda: login(store="tokens.json", key="a"), "store"),
    (lambda: RefreshToken(URL, KEY, method="post"), "client_id"),
    (lambda: bearer(method="jwt"), "client_id"),
    (lambda: ClientCredentials(URL, None, None), "client_id"),  # type: ignore[arg-type] # likewise
    (lambda: ClientCredentials(URL), "client_id"),
    (lambda: DeviceCode(URL, URL, None), "client_id"),  # type: ignore[arg-type] # likewise
    (lambda: code(client_id=None), "client_id"),
    (lambda: code(redirect_url=None), "redirect_url"),
    (lambda: code(f"{AUTHORIZE}?{'x' * 9000}"), "authorize_url"),
    (lambda: code(f"{AUTHORIZE}?response_type=token"), "authorize_url"),
    (lambda: code(f"{AUTHORIZE}?tenant=7&code_challenge_method=plain"), "authorize_url"),
    (lambda: code(f"{AUTHORIZE}?state="), "authorize_url"),
    (lambda: code(f"{AUTHORIZE}?scope=a", scope="b"), "authorize_url"),
    (lambda: jwt(algorithm=[]), "algorithm"),
    (lambda: jwt(algorithm=None), "algorithm"),
    (lambda: jwt(issuer=5), "issuer"),
    (lambda: jwt(subject=5), "subject"),
    (lambda: jwt(audience=5), "audience"),
    (lambda: jwt(audience=["a", 5]), "audience"),
    (lambda: jwt(claims=5), "claims"),
    (lambda: jwt(claims={5: "a"}), "claims"),
    (lambda: jwt(headers=5), "headers"),
    (lambda: jwt(key_id=5), "key_id"),
    (lambda: bearer(iss=5), "iss"),
    (lambda: bearer(sub=5), "sub"),
    (lambda: bearer(aud=5), "aud"),
    (lambda: bearer(claims=5), "claims"),
    (lambda: exchange(subject_kind=5), "subject_kind"),
    (lambda: exchange(actor_kind=None), "actor_kind"),
    (lambda: exchange(requested_kind=["a"]), "requested_kind"),
    (lambda: login("auth/login"), "login"),
    (lambda: Login(None), "login"),  # type: ignore[arg-type] # likewise
    (lambda: login(refresh="auth/refresh"), "refresh"),
    (lambda: form(remember=0), "remember"),
    (lambda: form(remember=1), "remember"),
    (lambda: form(remember=False), "remember"),
    (lambda: LoginCall("login", form={5: "a"}), "form"),  # type: ignore[dict-item] # likewise
    (lambda: LoginCall("login", headers=5), "headers"),  # type: ignore[arg-type] # likewise
]


@pytest.mark.parametrize(("make", "field"), WRONG)
def test_what_cannot_be(make: Callable[[], object], field: str) -> None:
    """It is refused by name, and not shown."""
    with pytest.raises(ConfigError) as caught:
        _ = make()

    assert (field, False) == (caught.value.field, KEY in str(caught.value))


@pytest.mark.parametrize("issuer", ISSUERS)
def test_an_issuer_that_cannot_be(issuer: Any) -> None:
    """It has no query and no fragment (RFC 8414, section 2)."""
    with pytest.raises(ConfigError) as caught:
        _ = ClientCredentials(None, "acme", KEY, issuer=issuer)

    assert "issuer" == caught.value.field


@pytest.mark.parametrize("issuer", ISSUERS)
def test_an_issuer_that_cannot_be_is_not_asked(issuer: Any) -> None:
    """Where its metadata is looked for by hand."""
    with pytest.raises(ConfigError) as caught:
        run(discover(issuer), World())

    assert "issuer" == caught.value.field


def test_a_field_of_a_form_may_be_empty() -> None:
    """As text, or as None."""
    made = LoginCall("login", form={"a": "", "b": None})  # type: ignore[dict-item] # some write it
    request = run(made.request(httpx.URL("https://api.test/login"), {}), World())

    assert b"a=&b=" == request.content


@pytest.mark.parametrize(
    "odd",
    [
        "junk",
        "https://api.test/ soon a=b",
        "https://api.test:x/ 1.0 a=b",
        "http://exa%ple/ 1.0 a=b",
        "http://\u00ad/ 1.0 a=b",
        "/ 1.0 a=b",
    ],
)
def test_cookies_of_another_form_in_a_store_are_passed_over(odd: str) -> None:
    """Others may write there; those that can be read are sent."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    store = MemoryTokens()
    cookies = f"{odd}\nhttps://api.test/ 1735689600.0 sid=f00"
    made = login(store=store, key="ada", cookies=True, base_url="https://api.test")
    made.run(store.save("ada", Token(value="t", extra={"cookies": cookies})))
    with httpx.Client(transport=httpx.MockTransport(answer), auth=made) as api:
        _ = api.get("https://api.test/me")

    assert ["sid=f00"] == [request.headers["Cookie"] for request in seen]
