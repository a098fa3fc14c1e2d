"""Registry bearer: which token is asked for, where, how often, and to whom the password goes."""

from __future__ import annotations

import base64
import pickle
import threading
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AuthError, Client, ConfigError, NotFound, Unauthorized
from restkit.auth import RegistryBearer
from restkit.auth.registry_bearer import MOST_SPACES
from restkit.flow.forks import forks
from restkit.policies.token_demand import TokenDemand, demand_of, space_of
from restkit.testing import VirtualClock
from restkit.tokens.keeper import Keeper
from restkit.tokens.keepers import Keepers
from restkit.url.site import is_same_site, site
from tests.auth.canary import SECRET, shown
from tests.client.worlds import World

HOME = "https://registry.acme.test"
REALM = "https://auth.acme.test/token"


class Registry:
    """A registry and what gives its tokens: each is good for the scopes that it was asked for."""

    def __init__(self, realm: str = REALM, **answer: Any) -> None:
        self.realm, self.answer = realm, {"expires_in": 300, **answer}
        self.asked: list[httpx.Request] = []
        self.seen: list[httpx.Request] = []
        self.good: set[str] = set()
        self.more = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if request.url.path.startswith("/token"):
            return self.give(request)
        self.seen.append(request)
        _, _, name, *_ = request.url.path.split("/")
        scope = f"repository:{name}:{'pull' if request.method in {'GET', 'HEAD'} else 'pull,push'}"
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if given in self.good and scope in given:
            return httpx.Response(200, json=given)
        demand = f'Bearer realm="{self.realm}",service="acme",scope="{scope}"{self.more}'
        return httpx.Response(401, headers=[(b"WWW-Authenticate", demand.encode())])

    def give(self, request: httpx.Request) -> httpx.Response:
        """A token that names its scopes."""
        self.asked.append(request)
        token = f"{len(self.asked)}-{'+'.join(request.url.params.get_list('scope'))}"
        self.good.add(token)
        return httpx.Response(200, json={"token": token, **self.answer})

    def scheme(self, *who: str, **options: Any) -> RegistryBearer:
        """A scheme for a bare httpx client."""
        return RegistryBearer(*who, transport=httpx.MockTransport(self), **options)

    def calls(self, scheme: httpx.Auth, *paths: str, method: str = "GET", home: str = HOME) -> list[int]:
        """The statuses of calls of a bare httpx client."""
        with httpx.Client(transport=httpx.MockTransport(self), auth=scheme) as client:
            return [client.request(method, f"{home}/v2/{path}").status_code for path in paths]

    def client(self, world: World, scheme: httpx.Auth, **settings: Any) -> Any:
        """A client of the registry."""
        return world.mocked(self, base_url=HOME, auth=scheme, **settings)


def test_a_token_is_asked_for_as_the_server_says(world: World) -> None:
    """And the call is sent again with it."""
    registry = Registry()
    said = world(registry.client(world, RegistryBearer()).get("/v2/app/manifests/1")).data

    assert ("1-repository:app:pull", f"{REALM}?service=acme&scope=repository%3Aapp%3Apull") == (
        said,
        str(registry.asked[0].url),
    )


def test_nobody_has_no_password() -> None:
    """A user has."""
    registry = Registry()
    _ = (
        registry.calls(registry.scheme(), "a/manifests/1"),
        registry.calls(registry.scheme("ada", "pä"), "a/manifests/1"),
    )
    basic = "Basic " + base64.b64encode("ada:pä".encode()).decode()

    assert [None, basic] == [each.headers.get("Authorization") for each in registry.asked]


@pytest.mark.anyio
async def test_in_a_bare_awaiting_client() -> None:
    """As in any other."""
    registry = Registry()
    async with httpx.AsyncClient(transport=httpx.MockTransport(registry), auth=registry.scheme()) as client:
        assert 200 == (await client.get(f"{HOME}/v2/app/tags/list")).status_code


def test_the_next_request_to_a_repository_has_its_token() -> None:
    """Without asking, whatever part of it is read."""
    registry = Registry()
    _ = registry.calls(registry.scheme(), "app/manifests/1", "app/blobs/sha256:0", "app/tags/list")

    assert (1, 4) == (len(registry.asked), len(registry.seen))


def test_another_repository_has_another_token() -> None:
    """And so has writing."""
    registry = Registry()
    scheme = registry.scheme()
    _ = registry.calls(scheme, "app/manifests/1", "lib/manifests/1", "app/manifests/1")
    _ = registry.calls(scheme, "app/blobs/uploads/", method="POST")

    assert ["repository:app:pull", "repository:lib:pull", "repository:app:pull,push"] == [
        each.url.params["scope"] for each in registry.asked
    ]


def test_another_origin_has_another_token() -> None:
    """Though it is of the same host, and demands the same."""
    registry = Registry()
    scheme = registry.scheme()
    for home in (HOME, f"{HOME}:444"):
        _ = registry.calls(scheme, "app/manifests/1", home=home)

    assert 2 == len(registry.asked)


def test_a_token_that_is_over_is_replaced(world: World) -> None:
    """Without a refusal."""
    registry, clock = Registry(), VirtualClock()
    client = registry.client(world, RegistryBearer(clock=clock), clock=clock)
    for _ in range(2):
        _ = world(client.get("/v2/app/manifests/1"))
        clock.sleep(300)

    assert (2, 3) == (len(registry.asked), len(registry.seen))


def test_a_token_that_is_refused_is_replaced(world: World) -> None:
    """Once."""
    registry, clock = Registry(), VirtualClock()
    client = registry.client(world, RegistryBearer(clock=clock), clock=clock)
    _ = world(client.get("/v2/app/manifests/1"))
    clock.sleep(10)
    registry.good.clear()

    assert "2-repository:app:pull" == world(client.get("/v2/app/manifests/1")).data


def test_a_new_token_that_is_refused() -> None:
    """The error has the server's reason."""
    registry = Registry()
    registry.more = ',error="insufficient_scope"'
    registry.answer |= {"token": "other"}
    with pytest.raises(AuthError) as caught:
        _ = registry.calls(registry.scheme(), "app/manifests/1")

    assert (401, "insufficient_scope") == (caught.value.status, caught.value.code)


def test_a_body_that_can_be_sent_once(world: World) -> None:
    """The error says what is wrong."""
    client = Registry().client(world, RegistryBearer())

    with pytest.raises(AuthError, match="the body can be sent only once"):
        _ = world(client.post("/v2/app/blobs/uploads/", content=iter([b"x"])))


def test_other_answers_are_as_they_are(world: World) -> None:
    """A 404, and a 401 that demands something else."""
    for status, kind in ((404, NotFound), (401, Unauthorized)):
        answer = httpx.Response(status, headers={"WWW-Authenticate": "Basic realm=x"})
        client = world.mocked(lambda _, answer=answer: answer, auth=RegistryBearer())
        with pytest.raises(kind):
            _ = world(client.get("/"))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"access_token": "t", "token": ""}, ("t", 300.0)),
        ({"access_token": "u", "token": "t", "expires_in": 10}, ("t", 10.0)),
        ({"token": "t", "expires_in": None}, ("t", 60.0)),
        ({"token": "t", "expires_in": 0}, ("t", 60.0)),
    ],
)
def test_the_answer_of_a_realm(answer: dict[str, Any], expected: tuple[str, float]) -> None:
    """Its token under either name, for a minute unless it says otherwise."""
    registry = Registry(**answer)
    registry.good.add("t")
    scheme = registry.scheme()
    with pytest.raises(AuthError):
        _ = registry.calls(scheme, "app/manifests/1")
    demand = TokenDemand(REALM, "acme", ("repository:app:pull",))
    token = scheme._keepers.of((("https", "registry.acme.test", 443), demand)).at_once()  # noqa: SLF001 - what is kept

    assert expected == (token and (token.value, token.lifetime))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(401, json={"details": "incorrect username or password"}), "refuses"),
        (httpx.Response(200, html="<h1>Hello</h1>"), "no JSON object"),
        (httpx.Response(200, json={}), "has no access_token"),
        (httpx.Response(200, json={"token": "a\r\nb"}), "no header could hold"),
        (httpx.Response(302, headers={"Location": "https://evil.test"}), "redirects"),
    ],
)
def test_an_answer_of_a_realm_that_is_none(answer: httpx.Response, said: str) -> None:
    """A refusal, a page, and what else may come."""
    registry = Registry()
    scheme = RegistryBearer(transport=httpx.MockTransport(lambda _: answer))

    with pytest.raises(AuthError, match=said):
        _ = registry.calls(scheme, "app/manifests/1")


@pytest.mark.parametrize(
    ("realm", "options", "said"),
    [
        ("https://auth.evil.test/token", {}, "another site"),
        ("https://auth.acme.test.evil.test/token", {}, "another site"),
        ("https://acme.test:x/token", {}, "the realm that the server names"),
        ("http://auth.acme.test/token", {}, "plain http"),
        ("ftp://auth.acme.test/token", {}, "the realm that the server names"),
        ("https://a@auth.acme.test/token", {}, "the realm that the server names"),
        ("/token", {}, "the realm that the server names"),
        ("https://auth.acme.test/token?a=\x7f", {}, "has a control character"),
        ("https://auth.acme.test/token?a=\u2028", {}, "has a control character"),
        ("https://127.0.0.1/token", {}, "on this machine"),
        ("http://localhost/token", {"realms": ["localhost"]}, "on this machine"),
    ],
)
def test_realms_that_get_no_password(realm: str, options: dict[str, Any], said: str) -> None:
    """Of another site, in the clear, on this machine, or none at all: nothing is asked there."""
    registry = Registry(realm)
    with pytest.raises(AuthError, match=said):
        _ = registry.calls(registry.scheme("ada", "p", **options), "app/manifests/1")

    assert [] == registry.asked


@pytest.mark.parametrize(
    ("realm", "options"),
    [
        ("https://registry.acme.test/token", {}),
        ("https://acme.test/token?x=1", {}),
        ("https://auth.other.test/token", {"realms": ["auth.other.test"]}),
        ("https://auth.other.test/token", {"realms": ["https://Auth.other.test/token"]}),
        ("http://auth.acme.test/token", {"allow_insecure": True}),
    ],
)
def test_realms_that_do(realm: str, options: dict[str, Any]) -> None:
    """Of the same site, or named."""
    registry = Registry(realm)

    assert [200] == registry.calls(registry.scheme("ada", "p", **options), "app/manifests/1")


def test_nobody_may_ask_any_realm() -> None:
    """There is nothing to lose."""
    registry = Registry("https://auth.other.test/token")

    assert [200] == registry.calls(registry.scheme(), "app/manifests/1")


def test_a_registry_on_this_machine() -> None:
    """Its realm may be there, too."""
    registry = Registry("http://127.0.0.1:5001/token")

    assert [200] == registry.calls(registry.scheme("ada", "p"), "app/manifests/1", home="http://localhost:5000")


def test_the_scopes_of_several_challenges_are_joined() -> None:
    """Those of the same realm and service, each once."""
    lines = [
        'Basic realm="x"',
        'Bearer realm="https://a.test",service="s",scope="repository:a:pull repository:b:pull"',
        'Bearer realm="https://a.test",service="s",scope="repository:b:pull repository:c:pull"',
        'Bearer realm="https://b.test",service="s",scope="repository:d:pull"',
    ]

    assert TokenDemand(
        "https://a.test", "s", ("repository:a:pull", "repository:b:pull", "repository:c:pull")
    ) == demand_of(lines)


@pytest.mark.parametrize("line", ["Basic realm=x", "Bearer scope=x", f'Bearer realm="{"x" * 3000}"', ""])
def test_what_demands_no_token(line: str) -> None:
    """Another scheme, no realm, or one that is too long."""
    assert None is demand_of([line])


def test_a_demand_without_scopes() -> None:
    """It is the realm's matter then."""
    registry = Registry()
    registry.answer |= {"token": "t"}
    scheme = RegistryBearer(transport=httpx.MockTransport(registry))

    def serve(request: httpx.Request) -> httpx.Response:
        known = "Authorization" in request.headers
        return httpx.Response(200 if known else 401, headers={"WWW-Authenticate": f'Bearer realm="{REALM}"'})

    with httpx.Client(transport=httpx.MockTransport(serve), auth=scheme) as client:
        _ = client.get(f"{HOME}/v2/")

    assert [REALM] == [str(each.url) for each in registry.asked]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v2/a/b/manifests/latest", ("a/b", True)),
        ("HEAD", "/v2/a/blobs/sha256:0", ("a", True)),
        ("PUT", "/v2/a/manifests/1", ("a", False)),
        ("GET", "/v2/_catalog", ("/v2/_catalog", True)),
        ("GET", "/v2/a/tagsx", ("/v2/a/tagsx", True)),
    ],
)
def test_what_has_one_demand(method: str, path: str, expected: tuple[str, bool]) -> None:
    """A repository, or a path."""
    assert expected == space_of(method, path)


def test_demands_are_forgotten() -> None:
    """The oldest, when there are many."""
    registry = Registry()
    scheme = registry.scheme()
    _ = registry.calls(scheme, *(f"r{number}/manifests/1" for number in range(MOST_SPACES + 1)))
    before = len(registry.seen)
    _ = registry.calls(scheme, f"r{MOST_SPACES}/manifests/1", "r0/manifests/1")

    assert 3 == len(registry.seen) - before


def test_a_crowd_asks_once() -> None:
    """However many threads need the same token."""
    registry = Registry()
    scheme = registry.scheme()
    threads = [threading.Thread(target=registry.calls, args=(scheme, "app/manifests/1")) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert 1 == len(registry.asked)


def test_few_keepers_are_kept() -> None:
    """Those that were asked for last."""
    made: list[str] = []

    def keeper(name: str) -> Keeper:
        made.append(name)
        return Keeper(lambda _: iter(()))  # type: ignore[arg-type, return-value] # it is never asked

    keepers = Keepers(keeper, most=2)
    for name in "abacb":
        _ = keepers.of(name)

    assert (["a", "b", "c", "b"], 2) == (made, len(keepers))


def test_a_child_has_a_lock_of_its_own() -> None:
    """A thread of the parent may have held it."""
    registry = Registry()
    scheme = registry.scheme()
    _ = scheme._keepers._lock.acquire()  # noqa: SLF001 - as a thread of the parent that is in the middle of it
    forks.after_fork()

    assert [200] == registry.calls(scheme, "app/manifests/1")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"user": "ada"}, "user, password"),
        ({"password": "p"}, "user, password"),
        ({"user": "a\n", "password": "p"}, "user"),
        ({"user": "ada", "password": "p\n"}, "password"),
        ({"realms": "auth.test"}, "realms"),
        ({"realms": 5}, "realms"),
        ({"realms": [5]}, "realms"),
        ({"realms": ["a b"]}, "realms"),
        ({"allow_insecure": 1}, "allow_insecure"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], field: str) -> None:
    """It is refused by name."""
    with pytest.raises(ConfigError) as caught:
        _ = RegistryBearer(**options)

    assert field == caught.value.field


@pytest.mark.parametrize("answer", [{"token": SECRET}, {"error": SECRET}, {"token": SECRET + "\n"}, {"token": 5}])
def test_no_secret_is_ever_seen(answer: dict[str, Any]) -> None:
    """Neither a token nor a password."""
    registry = Registry(**answer)
    scheme = RegistryBearer("ada", SECRET)
    with Client(base_url=HOME, transport=httpx.MockTransport(registry), auth=scheme, retry=False) as client:
        seen = shown(scheme, lambda: client.get("/v2/app/manifests/1"))

    assert (False, False) == (SECRET in seen, base64.b64encode(f"ada:{SECRET}".encode()).decode() in seen)


def test_passwords_are_not_pickled() -> None:
    """They are secrets."""
    with pytest.raises(TypeError):
        _ = pickle.dumps(RegistryBearer("ada", "p"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("registry-1.docker.io", "auth.docker.io", True),
        ("registry.gitlab.com", "gitlab.com", True),
        ("GHCR.io.", "ghcr.io", True),
        ("acme.com", "acme.org", False),
        ("acme.co.uk", "evil.co.uk", False),
        ("a.acme.co.uk", "b.acme.co.uk", True),
        ("co.uk", "a.co.uk", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("[2001:db8::1]", "[2001:db8::2]", False),
        ("localhost", "evil", False),
        ("a b", "a b", False),
    ],
)
def test_a_site(one: str, other: str, expected: bool) -> None:  # noqa: FBT001 - from the table
    """Names below one domain, unless that is everybody's."""
    assert expected == is_same_site(one, other)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=5).map(".".join))
def test_a_name_is_below_its_site(host: str) -> None:
    """Or has none."""
    found = site(host)

    assert found is None or f".{host}".endswith(f".{found}")
