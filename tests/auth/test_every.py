"""What holds of every scheme: credentials stay at home, and nobody sees them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from restkit import AsyncClient, Client, ConfigError
from tests.auth.every import API, ELSEWHERE, EVERY, OUTCOMES, Servers, canary, shown, traces_of
from tests.client.worlds import World

HARMLESS = frozenset({"host", "accept", "accept-encoding", "connection", "user-agent"})
NAMES = list(EVERY)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("back", [False, True])
def test_no_redirect_takes_credentials_along(world: World, name: str, back: bool) -> None:  # noqa: FBT001 - a parameter
    """Not elsewhere, and not back from there."""
    secret = canary()
    at = Servers(name, secret)
    client = world.mocked(at, auth=EVERY[name](secret), redirects=True)
    where = f"{ELSEWHERE}/on?to={API}/end" if back else f"{ELSEWHERE}/end"
    world(client.get("/go", params={"to": where}))
    home, *others = at.came

    assert "api.test" == home.url.host
    assert 1 + back == len(others)
    for each in others:
        assert HARMLESS >= set(each.headers.keys())
        assert (secret in str(each.url), each.content) == (False, b"")


@pytest.mark.parametrize("name", NAMES)
def test_credentials_arrive_at_home(world: World, name: str) -> None:
    """In each world, the same call is sent with something that it would not have without."""
    secret = canary()
    at = Servers(name, secret)
    world(world.mocked(at, auth=EVERY[name](secret)).get("/a"))
    (came,) = at.came
    plain = httpx.Request("GET", f"{API}/a")

    assert set(came.headers.keys()) - HARMLESS or came.url != plain.url


@pytest.mark.parametrize("name", NAMES)
def test_a_bare_httpx_client_sends_the_same(name: str) -> None:
    """Each scheme is an `httpx.Auth`: the same headers come as in a client of ours."""
    secret = canary()
    ours, bare = Servers(name, secret), Servers(name, secret)
    scheme = EVERY[name](secret, transport=httpx.MockTransport(bare))
    with httpx.Client(transport=httpx.MockTransport(bare), auth=scheme) as client:
        _ = client.get(f"{API}/a")
    with Client(base_url=API, transport=httpx.MockTransport(ours), auth=EVERY[name](secret)) as client:
        _ = client.get("/a")
    names = [sorted(set(each.came[-1].headers.keys()) - HARMLESS) for each in (ours, bare)]

    assert names[0] == names[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_borrowed_client_takes_no_credentials_elsewhere(name: str) -> None:
    """It may send anywhere, but for nobody."""
    secret = canary()
    at = Servers(name, secret)
    with Client(base_url=API, transport=httpx.MockTransport(at), auth=EVERY[name](secret)) as client:
        _ = client.as_httpx().get(f"{ELSEWHERE}/b")
    (came,) = at.came

    assert (True, f"{ELSEWHERE}/b") == (set(came.headers.keys()) <= HARMLESS, str(came.url))


@pytest.mark.parametrize("name", NAMES)
def test_no_credentials_go_over_plain_http(name: str) -> None:
    """It is refused when the client is made."""
    with pytest.raises(ConfigError, match="is plain http"):
        Client(base_url="http://api.test", auth=EVERY[name](canary()))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"message signatures", "login"}))  # theirs stand in no header
@pytest.mark.parametrize("ending", ["\r\nX-Evil: 1", "\x00", "\n"])
def test_a_secret_that_no_header_can_hold_is_refused_unseen(name: str, ending: str) -> None:
    """Before a byte is sent."""
    secret = canary()
    at = Servers(name, secret)
    settings: Any = {"base_url": API, "transport": httpx.MockTransport(at)}
    with pytest.raises(ConfigError) as caught, Client(auth=EVERY[name](secret + ending), **settings) as client:
        client.get("/a")

    assert (0, False) == (len(at.came), any(secret in each for each in shown(caught.value)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("status", "login"), OUTCOMES)
def test_no_secret_is_seen(name: str, status: int, login: int) -> None:
    """Whether it goes well or not: not in what is shown, logged, raised or pickled."""
    secret = canary()
    traces = traces_of(name, secret, status, login)

    assert (True, []) == (len(traces) > len("few"), [each for each in traces if secret in each])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_read_that_nobody_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """No `.netrc`, and no variable of the environment."""
    planted = tmp_path / ".netrc"
    _ = planted.write_text("machine api.test login planted password planted\ndefault login planted password planted\n")
    for variable, value in {"NETRC": str(planted), "HOME": str(tmp_path), "HTTPS_PROXY": "http://planted:1"}.items():
        monkeypatch.setenv(variable, value)
    secret = canary()
    at = Servers(name, secret)
    with Client(base_url=API, transport=httpx.MockTransport(at), auth=EVERY[name](secret)) as client:
        _ = client.get("/a")
        _ = client.as_httpx().get(f"{ELSEWHERE}/b")

    assert (False, True) == ("planted" in repr(at.came[0].headers), set(at.came[1].headers.keys()) <= HARMLESS)


@pytest.mark.parametrize("name", NAMES)
def test_a_scheme_may_be_shared_by_both_worlds(name: str) -> None:
    """By a blocking and an awaiting client."""
    secret = canary()
    at = Servers(name, secret)
    scheme, transport = EVERY[name](secret), httpx.MockTransport(at)

    async def awaiting() -> int:
        """The same, awaiting."""
        async with AsyncClient(base_url=API, transport=transport, auth=scheme) as client:
            return (await client.get("/a")).status_code

    with Client(base_url=API, transport=transport, auth=scheme) as client:
        assert (200, 200) == (client.get("/a").status_code, asyncio.run(awaiting()))
