"""The redirect matrix: whatever carries a credential, however a redirect leaves its origin, it stays there."""

from __future__ import annotations

import functools
import ssl
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen

from restkit import CookieJar, Flow, Proceed, RedirectRefused, RestkitError, WireTransport
from tests.campaign.figure import Amounts, Figure, Measured
from tests.campaign.processes import PROCESSES, in_processes
from tests.campaign.redirects_places import (
    ABOVE,
    BELOW,
    HOME,
    IDNA,
    IDNA_ASCII,
    OTHER,
    THERE,
    Places,
    resolver,
    running,
)
from tests.campaign.wire_worlds import WORLDS, World
from tests.tls import OURS, authority, trusting

CODES = (301, 302, 303, 307, 308)
AT_ONCE, SHOWN = 16, 40
KEEPS_BODY = frozenset({307, 308})
LONG = {"deadline": 20.0}
STRIDE = 373
"""From cell to cell: it shares no factor with their number."""


@frozen(kw_only=True)
class Way:
    """How a redirect changes the origin: where it leads, from a base with this scheme."""

    name: str
    leads: Callable[[Places, str], str]
    host: str = HOME
    is_same: bool = False
    is_refused: bool = False
    """Whoever the caller is and whatever is sent."""
    starts: str = ""
    """The scheme that it starts with, if only one will do."""
    comes_back: bool = False
    is_local: bool = False
    """Whether all of it goes over a Unix socket, where any port can be served."""


def to(host: str, port: str = "") -> Callable[[Places, str], str]:
    """The same scheme, another host; `port` 2 is another port."""
    return lambda places, scheme: f"{scheme}://{host}:{places.ports[scheme + port]}"


WAYS = (
    Way(name="other host", leads=to(OTHER)),
    Way(name="subdomain", leads=to(BELOW)),
    Way(name="parent domain", leads=to(ABOVE)),
    Way(name="other port", leads=to(HOME, "2")),
    Way(name="http to https", leads=lambda places, _: to(HOME)(places, "https"), starts="http"),
    Way(name="https to http", leads=lambda places, _: to(HOME)(places, "http"), starts="https", is_refused=True),
    Way(name="user info", leads=to(f"me:pw@{HOME}"), is_refused=True),
    Way(name="IP for name", leads=to(THERE)),
    Way(name="case and dot", leads=lambda *how: to("API.Home.TEST.")(*how).replace("http", "HTTP", 1), is_same=True),
    Way(name="IDNA form", leads=to(IDNA.upper()), host=IDNA_ASCII, is_same=True),
    Way(name="default port", leads=lambda _, scheme: f"{scheme}://{HOME}:{PORTS[scheme]}", is_same=True, is_local=True),
    Way(name="and back", leads=to(OTHER), comes_back=True),
)
PORTS = {"http": 80, "https": 443}


class Sets:
    """A layer of one's own that knows nothing of origins: it sets a header on each attempt."""

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Set it."""
        request.headers[self._name] = self._value
        return proceed(request)


@frozen(kw_only=True)
class Carrier:
    """What carries a credential: settings of a client, or arguments of its call."""

    name: str
    client: Callable[[str, str], dict[str, Any]] = lambda _secret, _base: {}
    call: Callable[[str], dict[str, Any]] = lambda _secret: {}
    method: str = "GET"
    keeps: Callable[[int], bool] = lambda _code: True
    """Whether a hop within the origin still has it."""
    shows: bool = False
    """Whether it is a client certificate."""
    scheme: str = "http"


def by_call(name: str) -> Callable[[str], dict[str, Any]]:
    """A header of the call."""
    return lambda secret: {"headers": {name: secret}}


def jar_with(secret: str, base: str) -> dict[str, Any]:
    """A jar that has a cookie for the base."""
    jar = CookieJar()
    jar.set(base, "session", secret)
    return {"cookies": jar}


CARRIERS = (
    Carrier(name="Authorization by a layer", client=lambda secret, _: layer("Authorization", secret)),
    Carrier(name="Authorization by client", client=lambda secret, _: {"headers": {"Authorization": secret}}),
    Carrier(name="Authorization by call", call=by_call("Authorization")),
    Carrier(name="Authorization twice", client=lambda secret, _: {"headers": [("Authorization", secret)] * 2}),
    Carrier(name="Cookie by jar", client=jar_with),
    Carrier(name="Cookie by call", call=lambda secret: {"headers": {"Cookie": f"session={secret}"}}),
    Carrier(name="Proxy-Authorization", call=by_call("Proxy-Authorization")),
    Carrier(name="X-Api-Key by a layer", client=lambda secret, _: layer("X-Api-Key", secret)),
    Carrier(name="X-Api-Key by call", call=by_call("X-Api-Key")),
    Carrier(name="key in query", call=lambda secret: {"params": {"api_key": secret}}, keeps=lambda _: False),
    Carrier(
        name="token in body",
        call=lambda secret: {"json": {"token": secret}},
        method="POST",
        keeps=lambda code: code in KEEPS_BODY,
    ),
    Carrier(name="client certificate", shows=True, scheme="https"),
    Carrier(name="Idempotency-Key", call=by_call("Idempotency-Key")),
    Carrier(name="Referer", call=by_call("Referer")),
)


def layer(name: str, secret: str) -> dict[str, Any]:
    """Settings with a layer that sets a header on each attempt."""
    return {"attempt_layers": [Sets(name, secret)]}


@frozen
class Cell:
    """Where it stands in the table."""

    code: int
    way: Way
    carrier: Carrier
    number: int

    def __str__(self) -> str:
        return f"{self.code}, {self.way.name}, {self.carrier.name}"

    @property
    def scheme(self) -> str:
        """That of the first request."""
        return self.way.starts or self.carrier.scheme

    @property
    def is_refused(self) -> bool:
        """Whether the hop may not be taken at all."""
        if self.way.is_refused:
            return True
        sends_body = self.carrier.method == "POST" and self.code in KEEPS_BODY
        return not self.way.is_same and (sends_body or self.carrier.shows)


CELLS = tuple(
    Cell(code, way, carrier, number)
    for number, (code, way, carrier) in enumerate(
        (code, way, carrier) for code in CODES for way in WAYS for carrier in CARRIERS
    )
)
"""Those of one world."""


@frozen
class Came:
    """What came of a call, and what arrived of it."""

    answer: int | str | None
    """Its status, None if the redirect was refused, or the name of another error."""
    seen: tuple[tuple[str, bool], ...]
    """The place of each request, and whether its credential was with it."""


@functools.cache
def certificate() -> str:
    """The path of a client's certificate with its key."""
    leaf = authority(OURS).issue_cert("client.home.test")
    path = Path(tempfile.mkdtemp(), "client.pem")
    _ = path.write_bytes(leaf.private_key_and_cert_chain_pem.bytes())
    return str(path)


@functools.cache
def authorities() -> str:
    """The path of the authority that the servers' certificates are of."""
    path = Path(tempfile.mkdtemp(), "authority.pem")
    _ = path.write_bytes(authority(OURS).cert_pem.bytes())
    return str(path)


def transport(places: Places, cell: Cell) -> WireTransport:
    """One that finds the servers."""
    path = places.paths[cell.scheme] if cell.way.is_local else None
    if cell.carrier.shows:
        return WireTransport(authorities(), cert=certificate(), resolver=resolver, uds=path)
    trusted: ssl.SSLContext = shared()
    return WireTransport(trusted, resolver=resolver, uds=path)


@functools.cache
def shared() -> ssl.SSLContext:
    """A client's context."""
    return trusting()


async def play(world: World, cell: Cell, places: Places) -> Came:
    """Make the call of a cell."""
    prefix, secret = f"/{world.name}{cell.number}/", f"secret{world.name}{cell.number}x"
    port = "" if cell.way.is_local else f":{places.ports[cell.scheme]}"
    base = f"{cell.scheme}://{cell.way.host}{port}"
    places.answers[f"{prefix}0"] = (cell.code, f"{cell.way.leads(places, cell.scheme)}{prefix}1")
    if cell.way.comes_back:
        places.answers[f"{prefix}1"] = (cell.code, f"{base}{prefix}2")
    settings = {
        "base_url": base,
        "transport": transport(places, cell),
        "redirects": True,
        "allow_insecure": True,
        **LONG,
    }
    client = world.client(**settings, **cell.carrier.client(secret, base))
    try:
        called = client.request(cell.carrier.method, f"{prefix}0", **cell.carrier.call(secret))
        status: int | str | None = (await world.settle(called)).status_code
    except RedirectRefused:
        status = None
    except RestkitError as error:
        status = type(error).__name__
    finally:
        await world.close(client)
    seen = [(each.place, secret.encode() in each.raw or each.is_certified) for each in places.of(prefix)]
    return Came(status, tuple(seen))


def wrong(cell: Cell, came: Came) -> list[str]:
    """What is wrong with a cell."""
    hops = 3 if cell.way.comes_back else 2
    found: list[str] = []
    if came.answer != (None if cell.is_refused else 200):
        found.append(f"it ended with {came.answer or 'a refusal'}")
    if len(came.seen) != (1 if cell.is_refused else hops):
        found.append(f"{len(came.seen)} requests arrived, at {', '.join(place for place, _ in came.seen)}")
    is_shown = not cell.carrier.shows or cell.scheme == "https"
    if is_shown and not all(carried for _, carried in came.seen[:1]):
        found.append("the first request had no credential")
    kept = cell.way.is_same and cell.carrier.keeps(cell.code)
    found += [f"hop to {place}: {carried=}" for place, carried in came.seen[1:] if carried != kept]
    return found


def share(count: int, turn: int) -> list[Cell]:
    """So many of the cells, spread over the table; other ones at each turn."""
    return [CELLS[(at * STRIDE + turn) % len(CELLS)] for at in range(min(count, len(CELLS)))]


def follow_redirects(asked: Amounts) -> Measured:
    """Make the call of each cell, and look at what arrived."""
    count = -(-asked.cells // len(WORLDS))
    parts = [(turn, part) for turn in range(len(WORLDS)) for part in range(PROCESSES)]
    played = in_processes(partial(follow_in, count), parts, few=count < len(CELLS) // 4)
    told = [said for each in played for said in each.wrong]
    for said in told[:SHOWN]:
        _ = sys.stderr.write(f"{said}\n")
    cells, leaked = sum(each.cells for each in played), sum(each.leaked for each in played)
    said = f"{len(told)} of {cells} cells wrong, {leaked} credentials leaked"
    return Measured(value=said, ok=not told, done=Amounts(cells=cells))


@frozen
class Followed:
    """What was found in some cells."""

    cells: int
    leaked: int
    wrong: tuple[str, ...]


def follow_in(count: int, parts: Sequence[tuple[int, int]]) -> Followed:
    """Make the calls of parts of the cells, each of a world."""
    with running() as places:
        found = [
            (WORLDS[turn].name, cell, came)
            for turn, part in parts
            for cell, came in play_in(WORLDS[turn], share(count, turn)[part::PROCESSES], places)
        ]
    told = tuple(f"{name}: {cell}: {'; '.join(said)}" for name, cell, came in found if (said := wrong(cell, came)))
    leaked = sum(carried for _, cell, came in found if not cell.way.is_same for _, carried in came.seen[1:])
    return Followed(len(found), leaked, told)


def play_in(world: World, cells: Sequence[Cell], places: Places) -> list[tuple[Cell, Came]]:
    """Play cells in a world, some at once."""

    async def played(world: World, cell: Cell) -> Came:
        """One of them."""
        return await play(world, cell, places)

    return list(zip(cells, world.each(played, cells, AT_ONCE), strict=True))


FIGURES: tuple[Figure, ...] = (
    Figure(
        name="redirects",
        wanted="0 cells wrong, 0 credentials leaked",
        run=follow_redirects,
        asked=Amounts(cells=len(CELLS) * len(WORLDS)),
        httpx2=True,
    ),
)
