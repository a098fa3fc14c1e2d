"""Authorization code: begun, come back from, redeemed, refreshed; and refused where it is somebody else's."""

from __future__ import annotations

import functools
import re
import socket
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AuthError, ConfigError
from restkit.auth import Authorization, AuthorizationCode
from restkit.stores import MemoryTokens
from restkit.testing import VirtualClock
from restkit.tokens import pkce
from restkit.tokens.authorization import code_from
from restkit.wire.listener import Listener
from tests.auth.oauth.authority import API, ISSUER, TOKEN_URL, Authority, everything, refusal, s256
from tests.client.worlds import World

AUTHORIZE = f"{ISSUER}/authorize"
CODE = "c0d3-c4n4ry"
BACK = "https://app.test/callback"


def web_app(authority: Authority, **options: Any) -> AuthorizationCode:
    """A web application's scheme, which needs no client, in virtual time."""
    options = {"redirect_url": BACK, "clock": VirtualClock(), "transport": httpx.MockTransport(authority), **options}
    return AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", "s3cret", **options)


def asked(begun: Authorization) -> dict[str, str]:
    """The parameters of an authorization request."""
    return dict(parse_qsl(httpx.URL(begun.url).query.decode()))


def came_back(begun: Authorization, **parameters: str) -> str:
    """The URL that somebody came back to, with a code unless that is overridden."""
    return f"{BACK}?{urlencode({'code': CODE, 'state': begun.state, **parameters})}"


def test_the_vector_of_the_rfc() -> None:
    """A verifier and its challenge (RFC 7636, appendix B)."""
    assert "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" == pkce.challenge(
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )


@given(st.text("abcXYZ019-._~", min_size=43, max_size=128))
def test_a_challenge_is_the_hash_of_its_verifier(verifier: str) -> None:
    """Of any, as section 4.2 has it."""
    assert s256(verifier) == pkce.challenge(verifier)


def test_a_verifier_is_as_long_as_it_has_to_be() -> None:
    """43 to 128 characters that need no escape, never the same (RFC 7636, section 4.1)."""
    made = {pkce.verifier() for _ in range(100)}

    assert 100 == len([each for each in made if re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", each)])


def test_the_user_is_sent_with_a_challenge(authority: Authority) -> None:
    """By S256, with a state, and to come back exactly where the server knows."""
    auth = web_app(authority, scope="read", parameters={"prompt": "consent"})
    begun = auth.run(auth.begin())

    expected = {
        "response_type": "code",
        "client_id": "acme",
        "redirect_uri": BACK,
        "state": begun.state,
        "code_challenge": s256(begun.verifier),
        "code_challenge_method": "S256",
        "scope": "read",
        "prompt": "consent",
    }
    assert (expected, True) == (asked(begun), begun.url.startswith(f"{AUTHORIZE}?"))


def test_a_query_of_the_endpoint_stays(authority: Authority) -> None:
    """Some tell their tenants apart by it (RFC 6749, section 3.1)."""
    auth = AuthorizationCode(f"{AUTHORIZE}?tenant=7", TOKEN_URL, "acme", transport=httpx.MockTransport(authority))

    assert "7" == asked(auth.run(auth.begin()))["tenant"]


def test_no_secret_of_the_client_is_in_a_url(authority: Authority) -> None:
    """Browsers and servers keep URLs."""
    auth = web_app(authority)
    begun = auth.run(auth.begin())

    assert ([], False) == ([name for name in asked(begun) if "secret" in name], "s3cret" in begun.url)


def test_each_authorization_has_its_own_state_and_verifier(authority: Authority) -> None:
    """So that none can be mistaken for another."""
    auth = web_app(authority)
    made = [auth.run(auth.begin()) for _ in range(20)]

    assert (20, 20) == (len({each.state for each in made}), len({each.verifier for each in made}))


def test_a_code_is_redeemed(world: World, authority: Authority) -> None:
    """And the token it brings is used from then on."""
    auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", "s3cret", redirect_url=BACK)
    client = world.mocked(authority, auth=auth)
    begun = world(client.execute(auth.begin()))
    world(client.execute(auth.finish(came_back(begun), begun)))
    world(client.get("/items"))

    form = {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": BACK,
        "code_verifier": begun.verifier,
    }
    assert ([form], ["Bearer token-1"]) == (authority.forms, authority.sent)


def test_a_public_client_shows_its_id(authority: Authority) -> None:
    """And the verifier, which is its proof."""
    auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", transport=httpx.MockTransport(authority))
    begun = auth.run(auth.begin())
    auth.run(auth.finish(came_back(begun), begun))

    assert ("acme", False) == (authority.forms[0]["client_id"], "authorization" in authority.requests[0].headers)


def test_an_authorization_is_kept_in_a_session(authority: Authority) -> None:
    """While its user is away, as text."""
    auth = web_app(authority)
    begun = auth.run(auth.begin())

    assert begun == Authorization(**begun.to_dict())


def test_its_token_is_refreshed_from_then_on(world: World, authority: Authority) -> None:
    """For the same resource, without a scope: what was granted may be less than what was asked for."""
    authority.rotates, clock = True, VirtualClock()
    options: Any = {"redirect_url": BACK, "clock": clock, "scope": "read", "resource": API}
    auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", "s3cret", **options)
    client = world.mocked(authority, auth=auth, clock=clock)
    begun = world(client.execute(auth.begin()))
    world(client.execute(auth.finish(came_back(begun), begun)))
    clock.sleep(3600)
    world(client.get("/items"))

    form = {"grant_type": "refresh_token", "refresh_token": "refresh-1", "resource": API}
    assert (form, ["Bearer token-2"]) == (authority.forms[-1], authority.sent)


def test_a_token_is_saved_and_found_again(authority: Authority) -> None:
    """So that nobody signs in twice."""
    store = MemoryTokens()
    auth = web_app(authority, store=store, key="ada")
    begun = auth.run(auth.begin())
    auth.run(auth.finish(came_back(begun), begun))
    other = web_app(authority, store=store, key="ada")

    assert "token-1" == other.run(other.keeper.current()).value


def test_before_anybody_signs_in_there_is_no_token(world: World, authority: Authority) -> None:
    """And nothing is sent."""
    client = world.mocked(authority, auth=AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme"))
    with pytest.raises(AuthError, match="nobody has signed in yet"):
        world(client.get("/items"))

    assert [] == authority.urls


def test_a_token_without_a_refresh_token_comes_to_an_end(authority: Authority) -> None:
    """Then somebody has to sign in again."""
    clock = VirtualClock()
    auth = web_app(authority, clock=clock)
    begun = auth.run(auth.begin())
    auth.run(auth.finish(came_back(begun), begun))
    clock.sleep(3600)
    with pytest.raises(AuthError, match="sign in again"):
        auth.run(auth.keeper.current())


def test_signing_in_again_ends_a_failure(authority: Authority) -> None:
    """Which would be remembered for a second."""
    auth = web_app(authority)
    with pytest.raises(AuthError):
        auth.run(auth.keeper.current())
    begun = auth.run(auth.begin())
    auth.run(auth.finish(came_back(begun), begun))

    assert "token-1" == auth.run(auth.keeper.current()).value


def test_an_id_token_is_kept(authority: Authority) -> None:
    """It says who has signed in."""
    authority.extra = {"id_token": "eyJ.eyJ.sig"}
    auth = web_app(authority, scope="openid")
    begun = auth.run(auth.begin())

    assert {"id_token": "eyJ.eyJ.sig"} == auth.run(auth.finish(came_back(begun), begun)).extra


def test_a_code_is_sent_once(authority: Authority) -> None:
    """A second time it would end what it has brought (RFC 6749, section 4.1.2)."""
    authority.script = [httpx.ReadError("gone")]
    auth = web_app(authority)
    begun = auth.run(auth.begin())
    with pytest.raises(AuthError, match="did not answer"):
        auth.run(auth.finish(came_back(begun), begun))

    assert 1 == len(authority.forms)


STRANGE: dict[str, tuple[Callable[[Authorization], str], str]] = {
    "another state": (lambda begun: came_back(begun, state="another"), "another state"),
    "no state": (lambda _: f"{BACK}?code={CODE}", "another state"),
    "a state that is not ASCII": (lambda begun: came_back(begun, state="\N{SNOWMAN}"), "another state"),
    "an error with another state": (lambda begun: came_back(begun, state="mine", error="no"), "another state"),
    "no query": (lambda _: BACK, "another state"),
    "a state twice": (lambda begun: came_back(begun) + f"&state={begun.state}", "a parameter twice"),
    "a code twice": (lambda begun: came_back(begun) + "&code=mine", "a parameter twice"),
    "no code": (lambda begun: f"{BACK}?state={begun.state}", "no code"),
    "a code that is not ASCII": (lambda begun: came_back(begun, code="\N{SNOWMAN}"), "no code"),
    "a code that is no text": (lambda begun: came_back(begun, code="").replace("code=", "code=\udc80"), "no code"),
    "an empty code": (lambda begun: came_back(begun, code=""), "no code"),
    "a code in the fragment": (lambda begun: f"{BACK}?state={begun.state}#code={CODE}", "no code"),
    "too much": (lambda begun: came_back(begun, code="c" * 20_000), "too long"),
    "another issuer": (lambda begun: came_back(begun, iss="https://evil.test"), "another authorization server"),
    "almost the issuer": (lambda begun: came_back(begun, iss=f"{ISSUER}/"), "another authorization server"),
}


@pytest.mark.parametrize("case", STRANGE)
def test_what_does_not_belong_is_refused(authority: Authority, case: str) -> None:
    """Before anything is sent, and without showing what came back."""
    authority.metadata = everything()
    auth = web_app(authority, issuer=ISSUER)
    begun = auth.run(auth.begin())
    come_back, reason = STRANGE[case]
    with pytest.raises(AuthError, match=reason) as caught:
        auth.run(auth.finish(come_back(begun), begun))

    assert ([], False) == (authority.forms, any(said in str(caught.value) for said in (CODE, begun.state)))


@given(st.text(max_size=40))
def test_whatever_comes_back_is_no_code_but_its_own(said: str) -> None:
    """Only whoever knows the state has one."""
    begun = Authorization(url=AUTHORIZE, redirect_url=BACK, state="5t4t3", verifier="v" * 43)
    with pytest.raises(AuthError, match="what came back"):
        code_from(f"{BACK}?code={CODE}&state={said}", begun, None, needs_issuer=False)


def test_an_issuer_that_always_names_itself_must(authority: Authority) -> None:
    """Otherwise whoever mixes servers up would leave the name out."""
    authority.metadata = {**everything(), "authorization_response_iss_parameter_supported": True}
    auth = web_app(authority, issuer=ISSUER)
    begun = auth.run(auth.begin())
    with pytest.raises(AuthError, match="another authorization server"):
        auth.run(auth.finish(came_back(begun), begun))


@pytest.mark.parametrize("names", [True, False])
def test_the_issuer_is_checked_if_it_is_named(authority: Authority, names: bool) -> None:  # noqa: FBT001 - pytest passes it so
    """By a server that always names it, and by others (RFC 9207, section 2.4)."""
    authority.metadata = {**everything(), "authorization_response_iss_parameter_supported": names}
    auth = web_app(authority, issuer=ISSUER)
    begun = auth.run(auth.begin())

    assert "token-1" == auth.run(auth.finish(came_back(begun, iss=ISSUER), begun)).value


def test_a_callback_is_answered_once() -> None:
    """Whichever of two at the same time comes first."""
    listener = Listener("/callback")

    assert [404, 200, 410] == [listener.take(f"{path}?code=1") for path in ("/", "/callback", "/callback")]


def test_a_server_that_does_not_name_itself_need_not(authority: Authority) -> None:
    """Its metadata says so."""
    authority.metadata = everything()
    auth = web_app(authority, issuer=ISSUER)
    begun = auth.run(auth.begin())

    assert "token-1" == auth.run(auth.finish(came_back(begun), begun)).value


def test_a_server_that_refuses_is_quoted(authority: Authority) -> None:
    """The user may have said no (RFC 6749, section 4.1.2.1)."""
    auth = web_app(authority)
    begun = auth.run(auth.begin())
    with pytest.raises(AuthError, match="refuses: access_denied: not today") as caught:
        auth.run(auth.finish(came_back(begun, error="access_denied", error_description="not today"), begun))

    assert ("access_denied", []) == (caught.value.code, authority.forms)


def test_what_came_back_may_be_a_url(authority: Authority) -> None:
    """As a web framework on httpx would have it."""
    auth = web_app(authority)
    begun = auth.run(auth.begin())

    assert "token-1" == auth.run(auth.finish(httpx.URL(came_back(begun)), begun)).value


@pytest.mark.parametrize(("error", "code"), [("\x1b[31mx\ny", r"\x1b[31mx\ny"), ("x" * 99, "x" * 64), (CODE, None)])
def test_the_code_of_an_error_can_be_shown(authority: Authority, error: str, code: str | None) -> None:
    """Nothing in it moves a cursor, or gives the code of an authorization away."""
    auth = web_app(authority)
    begun = auth.run(auth.begin())
    with pytest.raises(AuthError) as caught:
        auth.run(auth.finish(came_back(begun, error=error), begun))

    assert (code, True) == (caught.value.code, str(caught.value).isprintable())


def test_a_server_that_does_not_do_s256_is_refused(authority: Authority) -> None:
    """`plain` shows the verifier to whoever sees the request."""
    authority.metadata = {**everything(), "code_challenge_methods_supported": ["plain"]}
    auth = web_app(authority, issuer=ISSUER)
    with pytest.raises(AuthError, match="S256"):
        auth.run(auth.begin())


def test_nothing_of_it_is_shown(authority: Authority) -> None:
    """Neither state nor verifier, in the text of an authorization and in errors."""
    auth = web_app(authority)
    begun = auth.run(auth.begin())
    authority.script = [refusal("invalid_grant", f"{CODE} {begun.verifier}")]
    with pytest.raises(AuthError) as caught:
        auth.run(auth.finish(came_back(begun, code=CODE), begun))

    shown = repr(begun) + "".join(traceback.format_exception(caught.value))
    assert [] == [each for each in (begun.state, begun.verifier, CODE) if each in shown]


WRONG_PLACES = [
    *("app.test/callback", "http://app.test/callback", "https://a:b@app.test/", f"{BACK}#x", "", 7),
    *(
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:x/cb",
        "http://[::1/cb",
        f"{BACK}\n",
        f"{BACK}?a=\n",
        "https://a b/",
    ),
    *("javascript:alert(1)", "com.app:/cb", f"{BACK}?a#b"),
]


@pytest.mark.parametrize("place", WRONG_PLACES)
def test_a_place_to_come_back_to_is_checked(place: Any) -> None:
    """Codes must not be read on the way, and fragments do not come back."""
    with pytest.raises(ConfigError) as caught:
        AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", redirect_url=place)

    assert "redirect_url" == caught.value.field


@pytest.mark.parametrize(
    "place",
    [BACK, f"{BACK}?tenant=7", "HTTP://LOCALHOST:8080/cb", "http://[::1]/cb", "https://app.test", f"{BACK}%20a"],
)
def test_a_place_to_come_back_to_is_written_as_the_server_knows_it(authority: Authority, place: str) -> None:
    """To the letter, since servers compare it so."""
    auth = web_app(authority, redirect_url=place)

    assert place == asked(auth.run(auth.begin()))["redirect_uri"]


@pytest.mark.parametrize("place", WRONG_PLACES)
def test_another_place_to_come_back_to_is_checked_too(authority: Authority, place: Any) -> None:
    """When an authorization is begun for it."""
    auth = web_app(authority)
    with pytest.raises(ConfigError) as caught:
        auth.run(auth.begin(place))

    assert "redirect_url" == caught.value.field


def test_an_endpoint_to_send_users_to_must_be_known(authority: Authority) -> None:
    """By its name, or by the issuer's metadata."""
    auth = AuthorizationCode(None, TOKEN_URL, "acme", transport=httpx.MockTransport(authority))
    with pytest.raises(ConfigError) as caught:
        auth.run(auth.begin())

    assert "authorize_url" == caught.value.field


class Browser:
    """Goes where it is told, signs in, and comes back over a real socket."""

    def __init__(self, *paths: str, **overridden: str) -> None:
        self.paths, self.overridden = paths or ("",), overridden
        self.statuses: list[int | str] = []
        self.back = ""

    def __call__(self, url: str) -> bool:
        """Open a URL."""
        said = dict(parse_qsl(httpx.URL(url).query.decode()))
        self.back = said["redirect_uri"]
        query = urlencode({"code": CODE, "state": said["state"], **self.overridden})
        with httpx.Client(trust_env=False) as client:
            for path in self.paths:
                target = httpx.URL(self.back).copy_with(path=path) if path else httpx.URL(self.back)
                self.statuses.append(self.get(client, f"{target}?{query}"))
        return True

    @staticmethod
    def get(client: httpx.Client, url: str) -> int | str:
        """The status of an answer, or the error."""
        try:
            return client.get(url).status_code
        except httpx.ConnectError:
            return "refused"


@pytest.fixture
def terminal(world: World, authority: Authority) -> tuple[Any, AuthorizationCode]:
    """A client of a program on somebody's machine, and its scheme."""
    auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme")
    return world.mocked(authority, auth=auth), auth


def test_a_program_listens_for_the_browser(
    world: World, authority: Authority, terminal: tuple[Any, AuthorizationCode]
) -> None:
    """On this machine, and redeems the code for the place it really listened at (RFC 8252, section 7.3)."""
    client, auth = terminal
    browser = Browser()
    world(client.execute(auth.sign_in(browser)))
    world(client.get("/items"))

    assert (browser.back, True, ["Bearer token-1"], [200]) == (
        authority.forms[0]["redirect_uri"],
        browser.back.startswith("http://127.0.0.1:"),
        authority.sent,
        browser.statuses,
    )


def test_a_second_hit_is_refused(world: World, terminal: tuple[Any, AuthorizationCode]) -> None:
    """It listens once."""
    client, auth = terminal
    browser = Browser("", "")
    world(client.execute(auth.sign_in(browser)))

    assert [200, "refused"] == browser.statuses


def test_another_path_is_not_found(world: World, terminal: tuple[Any, AuthorizationCode]) -> None:
    """A browser asks for an icon of its own accord."""
    client, auth = terminal
    browser = Browser("/favicon.ico", "/callback/", "/callback%2f", "")
    world(client.execute(auth.sign_in(browser)))

    assert [404, 404, 404, 200] == browser.statuses


def test_somebody_elses_hit_is_refused(
    world: World, authority: Authority, terminal: tuple[Any, AuthorizationCode]
) -> None:
    """A page that the user visits may guess the port."""
    client, auth = terminal
    with pytest.raises(AuthError, match="another state"):
        world(client.execute(auth.sign_in(Browser(state="guessed"))))

    assert [] == authority.forms


def test_nobody_is_waited_for_longer_than_is_said(
    world: World, authority: Authority, terminal: tuple[Any, AuthorizationCode]
) -> None:
    """And then nobody listens any more."""
    client, auth = terminal
    places: list[str] = []
    with pytest.raises(AuthError, match=r"nobody has come back from the browser within 0.01 s"):
        world(client.execute(auth.sign_in(places.append, seconds=0.01)))

    back = dict(parse_qsl(httpx.URL(places[0]).query.decode()))["redirect_uri"]
    assert ("refused", []) == (Browser.get(httpx.Client(trust_env=False), back), authority.forms)


async def test_whoever_is_cancelled_listens_no_more(authority: Authority) -> None:
    """On asyncio and on trio."""
    auth, places = web_app(authority, redirect_url="http://127.0.0.1/back"), list[str]()
    opened = anyio.Event()

    def browse(url: str) -> None:
        """Never come back."""
        places.append(dict(parse_qsl(httpx.URL(url).query.decode()))["redirect_uri"])
        anyio.from_thread.run_sync(opened.set)

    async with anyio.create_task_group() as group:
        group.start_soon(auth.arun, auth.sign_in(browse))
        await opened.wait()
        group.cancel_scope.cancel()

    assert "refused" == Browser.get(httpx.Client(trust_env=False), places[0])


def test_five_minutes_are_the_most() -> None:
    """A listener that is forgotten is a risk."""
    auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme")
    with pytest.raises(ConfigError) as caught:
        auth.run(auth.sign_in(seconds=301))

    assert "seconds" == caught.value.field


def test_without_a_browser_it_says_what_to_do(world: World, terminal: tuple[Any, AuthorizationCode]) -> None:
    """On a machine without a screen."""
    client, auth = terminal
    with pytest.raises(AuthError, match="no browser could be opened"):
        world(client.execute(auth.sign_in(lambda _: False)))


def test_the_browser_is_pythons(
    world: World, terminal: tuple[Any, AuthorizationCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless another way to open one is given."""
    import webbrowser

    client, auth = terminal
    browser = Browser()
    monkeypatch.setattr(webbrowser, "open", browser)
    world(client.execute(auth.sign_in()))

    assert [200] == browser.statuses


def test_a_port_may_be_fixed(world: World, authority: Authority) -> None:
    """Some servers know no other; the error names one that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", redirect_url=f"http://127.0.0.1:{port}/back")
        with pytest.raises(AuthError, match=f"come back to port {port} of this machine: .*in use"):
            world(world.mocked(authority, auth=auth).execute(auth.sign_in(Browser())))


def test_a_path_may_have_escapes(world: World, authority: Authority) -> None:
    """A browser sends them as they are."""
    auth = AuthorizationCode(AUTHORIZE, TOKEN_URL, "acme", redirect_url="http://127.0.0.1/call%20back")
    browser = Browser()
    world(world.mocked(authority, auth=auth).execute(auth.sign_in(browser)))

    assert ([200], "/call%20back") == (browser.statuses, httpx.URL(browser.back).raw_path.decode())


async def awaited_browser(url: str) -> bool:
    """Open a URL where the loop can go on meanwhile, unless that leads nowhere."""
    return "nowhere" not in url and await anyio.to_thread.run_sync(Browser(), url)


@pytest.mark.parametrize("browse", [awaited_browser, functools.partial(awaited_browser)])
async def test_a_browser_may_be_awaited(authority: Authority, browse: Callable[[str], object]) -> None:
    """On asyncio and on trio, whatever kind of callable it is."""
    auth = web_app(authority, redirect_url="http://127.0.0.1/back", clock=None)

    assert "token-1" == (await auth.arun(auth.sign_in(browse))).value


async def test_an_awaited_browser_may_fail(authority: Authority) -> None:
    """As any other."""
    auth = web_app(authority, redirect_url="http://127.0.0.1/nowhere", clock=None)
    with pytest.raises(AuthError, match="no browser could be opened"):
        await auth.arun(auth.sign_in(awaited_browser))


def test_a_browser_that_cannot_be_awaited_is_refused(authority: Authority) -> None:
    """Where nothing can be; nobody waits for it to come back."""
    auth = web_app(authority, redirect_url="http://127.0.0.1/back", clock=None)
    with pytest.raises(ConfigError, match="awaited_browser is asynchronous"):
        auth.run(auth.sign_in(awaited_browser))


def test_a_fixed_port_is_free_again_at_once(authority: Authority) -> None:
    """Whoever signs out and in again need not wait for TCP to forget."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    auth = web_app(authority, redirect_url=f"http://127.0.0.1:{port}/back", clock=None)
    for _ in range(2):
        auth.run(auth.sign_in(Browser()))

    assert [f"http://127.0.0.1:{port}/back"] * 2 == [form["redirect_uri"] for form in authority.forms]


@pytest.mark.parametrize("place", [BACK, "http://localhost/callback", "http://[::1]/callback"])
def test_a_program_listens_on_one_address_only(authority: Authority, place: str) -> None:
    """A name may lead elsewhere (RFC 8252, section 8.3)."""
    auth = web_app(authority, redirect_url=place)
    with pytest.raises(ConfigError) as caught:
        auth.run(auth.sign_in(Browser()))

    assert "redirect_url" == caught.value.field
