"""Digest: the examples of RFC 7616, what is chosen among demands, and how often a request is sent."""

from __future__ import annotations

import hashlib
import pickle
import re
import threading
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AuthError, Client, ConfigError, EnvVar, Unauthorized
from restkit.auth import Digest
from restkit.auth.digest import MOST_ORIGINS
from restkit.flow.forks import forks
from restkit.policies.challenge import challenges
from restkit.policies.digest import STRENGTH, Asked, Demand, authorization, demand_of
from tests.auth.canary import SECRET, shown
from tests.client.worlds import World

URL = "https://api.test/a?b=c"
MUFASA = Asked(method="GET", target="/dir/index.html", cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
JASON = Asked(method="GET", target="/doe.json", cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v")


def read(header: str) -> dict[str, str]:
    """The parameters of an Authorization header."""
    return dict(challenges([header])[0].parameters)


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_first_example(algorithm: str, expected: str) -> None:
    """Section 3.9.1."""
    demand = Demand(
        realm="http-auth@example.org",
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        algorithm=algorithm,
        qop="auth",
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    )

    assert {
        "username": "Mufasa",
        "realm": "http-auth@example.org",
        "uri": "/dir/index.html",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        "qop": "auth",
        "response": expected,
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    } == read(authorization(demand, "Mufasa", "Circle of Life", MUFASA))


def test_the_second_example() -> None:
    """Section 3.9.2, with the digests of erratum 4897: those in the text are of another algorithm."""
    demand = Demand(
        realm="api@example.org",
        nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
        algorithm="SHA-512-256",
        qop="auth",
        hashes_user=True,
    )
    said = read(authorization(demand, "Jäsøn Doe", "Secret, or not?", JASON))

    assert (
        "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
        "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
        "true",
    ) == (said["username"], said["response"], said["userhash"])


def test_a_server_of_old() -> None:
    """The example of RFC 2069, section 2.4, with the digest of erratum 749."""
    demand = Demand(realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")
    said = read(authorization(demand, "Mufasa", "CircleOfLife", MUFASA))

    assert ("1949323746fe6a43ef61f9606e7febea", False) == (said["response"], "qop" in said)


@pytest.mark.parametrize(
    ("demand", "user", "expected"),
    [
        (Demand(realm="r", nonce="n"), 'a"b\\', r'username="a\"b\\"'),
        (Demand(realm="r", nonce="n"), "ä", 'username="ä"'),
        (Demand(realm="r", nonce="n", is_utf8=True), "ada", 'username="ada"'),
        (Demand(realm="r", nonce="n", is_utf8=True), "Jäsøn Doe", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"),
    ],
)
def test_how_a_user_is_named(demand: Demand, user: str, expected: str) -> None:
    """In quotes, or as RFC 8187 has it where the server can read that."""
    assert f"Digest {expected}" == authorization(demand, user, "p", MUFASA).partition(", realm")[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Digest nonce=a, algorithm=MD5", "Digest nonce=b, algorithm=SHA-256"], "b"),
        (["Digest nonce=a, algorithm=SHA-512-256, Digest nonce=b, algorithm=SHA-256"], "a"),
        (["Digest nonce=a, algorithm=SHA-512, Digest nonce=b, algorithm=SHA-512-256"], "a"),
        (["Digest nonce=a, algorithm=sha-256-SESS, Digest nonce=b"], "a"),
        (["Digest nonce=a, algorithm=SHA-1, Digest nonce=b"], "b"),
        (['Digest nonce=a, qop="auth-conf", Basic realm=x'], None),
        (["Digest realm=x", "Bearer nonce=x"], None),
        ([], None),
    ],
)
def test_which_demand_is_met(lines: list[str], expected: str | None) -> None:
    """The strongest, of those that can be."""
    found = demand_of(lines)

    assert expected == (found and found.nonce)


@pytest.mark.parametrize(
    ("qop", "expected"), [("auth", "auth"), ("auth-int, auth", "auth"), ("AUTH-INT", "auth-int"), (None, None)]
)
def test_what_is_protected(qop: str | None, expected: str | None) -> None:
    """The body only if nothing less will do."""
    found = demand_of(["Digest nonce=a" + (f', qop="{qop}"' if qop else "")])

    assert (True, expected) == (found is not None, found and found.qop)


@given(st.lists(st.text('Digest nonce="=, qop\\auth-512')))
def test_anything_else_is_no_error(lines: list[str]) -> None:
    """Whatever a server says."""
    found = demand_of(lines)

    assert found is None or found.name in STRENGTH


class Guard:
    """A server that checks digests by a reading of the RFC of its own, and notes what it was sent."""

    def __init__(self, demand: str = 'realm="r", qop="auth", algorithm=SHA-256', password: str = "p") -> None:  # noqa: S107 - guards nothing
        self.demand, self.password = demand, password
        self.nonces, self.seen = 0, list[httpx.Request]()
        self.counts: set[tuple[str, str]] = set()
        self.lives_for = 10**9

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.seen.append(request)
        header = request.headers.get("Authorization")
        said = read(header) if header else {}
        stale = False
        if said and said["response"] == self.expected(request, said):
            count = (said["nonce"], said.get("nc", str(len(self.seen))))
            stale = int(count[1], 16) > self.lives_for or count in self.counts
            self.counts.add(count)
            if not stale:
                return httpx.Response(200, json=request.content.decode())
        self.nonces += 1
        again = ", stale=TRUE" if stale else ""
        demand = f'Digest nonce="n{self.nonces}", opaque="o,o", {self.demand}{again}'
        return httpx.Response(401, headers={"WWW-Authenticate": demand})

    def expected(self, request: httpx.Request, said: dict[str, str]) -> str:
        """The digest."""
        name = {"SHA-256": "sha256", "MD5": "md5"}[said.get("algorithm", "MD5").removesuffix("-sess")]

        def h(text: bytes) -> str:
            return hashlib.new(name, text).hexdigest()

        a1 = h(f"ada:r:{self.password}".encode())
        if said.get("algorithm", "").endswith("-sess"):
            a1 = h(f"{a1}:{said['nonce']}:{said['cnonce']}".encode())
        a2 = f"{request.method}:{request.url.raw_path.decode()}"
        if said.get("qop") == "auth-int":
            a2 += f":{h(request.content)}"
        middle = f"{said['nc']}:{said['cnonce']}:{said['qop']}:" if "qop" in said else ""
        return h(f"{a1}:{said['nonce']}:{middle}{h(a2.encode())}".encode())

    def calls(self, scheme: httpx.Auth, times: int = 1, **what: Any) -> list[int]:
        """The statuses of calls of a bare httpx client."""
        with httpx.Client(transport=httpx.MockTransport(self), auth=scheme) as client:
            return [client.request("POST", URL, **{"content": b"x", **what}).status_code for _ in range(times)]


DEMANDS = [
    'realm="r"',
    'realm="r", qop="auth"',
    'realm="r", qop="auth", algorithm=MD5-sess',
    'realm="r", qop="auth,auth-int", algorithm=SHA-256',
    'realm="r", qop="auth-int", algorithm=SHA-256-sess',
]


@pytest.mark.parametrize("demand", DEMANDS)
def test_a_password_is_shown_to_be_known(world: World, demand: str) -> None:
    """With each algorithm, the body too; once the demand is known, without asking."""
    guard = Guard(demand)
    client = world.mocked(guard, auth=Digest("ada", "p"))
    said = [world(client.post("/a?b=c", json={"n": n})).data for n in range(3)]

    assert (['{"n":0}', '{"n":1}', '{"n":2}'], 4) == (said, len(guard.seen))


@pytest.mark.anyio
async def test_in_a_bare_awaiting_client() -> None:
    """As in any other."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(Guard()), auth=Digest("ada", "p")) as client:
        assert 200 == (await client.get(URL)).status_code


def test_requests_are_counted() -> None:
    """Each nonce has its own count."""
    guard, scheme = Guard(), Digest("ada", "p")
    _ = guard.calls(scheme, 3)

    assert ["00000001", "00000002", "00000003"] == [
        read(each.headers["Authorization"])["nc"] for each in guard.seen[1:]
    ]


def test_threads_never_share_a_count() -> None:
    """Or the server would take one of them for a thief."""
    guard, scheme = Guard(), Digest("ada", "p")
    _ = guard.calls(scheme)
    threads = [threading.Thread(target=guard.calls, args=(scheme, 20)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (1, 162) == (guard.nonces, len(guard.seen))


def test_a_nonce_that_is_too_old_is_replaced() -> None:
    """As the server says, in the same call."""
    guard, scheme = Guard(), Digest("ada", "p")
    guard.lives_for = 2

    assert ([200] * 5, 3) == (guard.calls(scheme, 5), guard.nonces)


def test_a_nonce_that_is_too_old_at_once_is_replaced_once() -> None:
    """Then the answer is the server's."""
    guard = Guard()
    guard.lives_for = 0

    assert ([401], 3) == (guard.calls(Digest("ada", "p")), len(guard.seen))


def test_a_server_that_forgets_is_told_again() -> None:
    """Also if it does not say that the nonce was too old."""
    guard, scheme = Guard(), Digest("ada", "p")
    _ = guard.calls(scheme)
    guard.counts.add(("n1", "00000002"))
    guard.demand = 'realm="r", qop="auth", algorithm=MD5'

    assert [200] == guard.calls(scheme)


def test_a_wrong_password_is_not_tried_twice() -> None:
    """In a call; and the next call begins anew."""
    guard, scheme = Guard(password="other"), Digest("ada", "p")

    assert ([401, 401], [False, True, False, True]) == (
        guard.calls(scheme, 2),
        ["Authorization" in each.headers for each in guard.seen],
    )


def test_a_server_that_wants_something_else(world: World) -> None:
    """Its answer is that of the call."""
    client = world.mocked(lambda _: httpx.Response(401, headers={"WWW-Authenticate": "Basic"}), auth=Digest("ada", "p"))

    with pytest.raises(Unauthorized):
        _ = world(client.get("/"))


def test_a_body_that_can_be_sent_once(world: World) -> None:
    """The error says what is wrong."""
    client = world.mocked(Guard(), auth=Digest("ada", "p"))

    with pytest.raises(AuthError, match="the body can be sent only once"):
        _ = world(client.post("/a", content=iter([b"x"])))


def test_each_origin_has_its_own_demand() -> None:
    """The answer to one is not told to another; of many, those are known that came last."""
    guard, scheme = Guard(), Digest("ada", "p")
    with httpx.Client(transport=httpx.MockTransport(guard), auth=scheme) as client:
        for number in [*range(MOST_ORIGINS + 1), MOST_ORIGINS, 0]:
            _ = client.get(f"https://api{number}.test/")

    assert [False, True] * (MOST_ORIGINS + 1) + [True, False, True] == [
        "Authorization" in each.headers for each in guard.seen
    ]


def test_a_child_begins_anew() -> None:
    """Its counts would be those of the parent."""
    guard, scheme = Guard(), Digest("ada", "p")
    _ = guard.calls(scheme)
    _ = scheme._lock.acquire()  # noqa: SLF001 - as a thread of the parent that is in the middle of it
    forks.after_fork()

    assert ([200], 4) == (guard.calls(scheme), len(guard.seen))


@pytest.mark.parametrize(("user", "password"), [("a\n", "p"), (5, "p"), ("ada", "p\n"), ("ada", None)])
def test_what_cannot_be(user: Any, password: Any) -> None:
    """A line break, or no text."""
    with pytest.raises(ConfigError, match=r"user|password"):
        _ = Digest(user, password)


def test_a_password_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """In any script."""
    monkeypatch.setenv("A_PASSWORD", "pä")

    assert [200] == Guard(password="pä").calls(Digest("ada", EnvVar("A_PASSWORD")))


@pytest.mark.parametrize("password", [SECRET, "other"])
def test_no_password_is_ever_seen(password: str) -> None:
    """Nor what it is turned into, be it right or wrong."""
    guard, scheme = Guard(password=password), Digest("ada", SECRET)
    with Client(base_url="https://api.test", transport=httpx.MockTransport(guard), auth=scheme, retry=False) as client:
        seen = shown(scheme, lambda: client.get("/a"))
    proofs = re.findall(r'response="(\w+)"', str([dict(each.headers) for each in guard.seen]))

    assert (1, False) == (len(proofs), any(each in seen for each in [SECRET, *proofs]))


def test_passwords_are_not_pickled() -> None:
    """They are secrets."""
    with pytest.raises(TypeError):
        _ = pickle.dumps(Digest("ada", "p"))
