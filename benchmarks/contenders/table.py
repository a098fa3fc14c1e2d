"""Who is measured: a name to print, the module that does the work, the package it needs."""

from __future__ import annotations

from importlib.util import find_spec

from attrs import frozen


@frozen(kw_only=True)
class Contender:
    """A library at the same work.

    With `httpx2` its process lets `import httpx` mean httpx2: so httpx's own code serves for httpx2, and peers that
    are built on httpx2 get their null transport from it. Peers that take no transport of ours have no `null`; those
    that cannot await have no `awaiting`, those that cannot block no `blocking`.
    """

    name: str
    module: str
    package: str
    httpx2: bool = False
    null: bool = True
    awaiting: bool = True
    blocking: bool = True

    @property
    def here(self) -> bool:
        """Whether its package is installed."""
        return find_spec(self.package) is not None


BY_HAND = "benchmarks.contenders.by_hand"

RESTKIT = Contender(name="restkit", module="benchmarks.contenders.restkit_sdk", package="restkit")
BASE = Contender(name="httpx", module=BY_HAND, package="httpx")

OTHERS = (
    Contender(name="httpx2", module=BY_HAND, package="httpx2", httpx2=True),
    Contender(name="restkit on httpx2", module=RESTKIT.module, package="restkit", httpx2=True),
    Contender(name="openai", module="benchmarks.contenders.openai_sdk", package="openai", httpx2=True),
    Contender(name="clientele", module="benchmarks.contenders.clientele_sdk", package="clientele", httpx2=True),
    Contender(
        name="api-client",
        module="benchmarks.contenders.api_client_sdk",
        package="apiclient",
        null=False,
        awaiting=False,
    ),
)

CONTENDERS = (BASE, RESTKIT, *OTHERS)

NATIVE = (
    Contender(
        name="aiohttp",
        module="benchmarks.contenders.aiohttp_client",
        package="aiohttp",
        null=False,
        blocking=False,
    ),
    Contender(name="pyreqwest", module="benchmarks.contenders.pyreqwest_client", package="pyreqwest", null=False),
)
"""HTTP clients that stand on no httpx."""

CALLING = (BASE, RESTKIT, *OTHERS[:2], *NATIVE)
"""Who is compared at typed calls where the wire is what differs."""

CROWDING = tuple(each for each in CALLING if each.name != "restkit on httpx2")
"""Who is compared in many tasks at once: httpx takes so long there that the others are few."""

PLAIN = "benchmarks.contenders.plain"
UNDER = "benchmarks.contenders.under_httpx"

CARRYING = (
    Contender(name="httpx", module=PLAIN, package="httpx"),
    Contender(name="restkit", module=UNDER, package="restkit"),
    Contender(name="httpx2", module=PLAIN, package="httpx2", httpx2=True),
    Contender(name="restkit on httpx2", module=UNDER, package="restkit", httpx2=True),
    *NATIVE,
)
"""Who is compared at what a transport does, under a plain httpx client where there is one."""

NAMES = tuple(dict.fromkeys(each.name for each in (*CONTENDERS, *NATIVE)))


def present(
    *, among: tuple[Contender, ...] = CONTENDERS, null: bool = False, awaiting: bool = False
) -> tuple[Contender, ...]:
    """Give those that are installed and can do what is asked."""
    return tuple(
        each
        for each in among
        if each.here and (each.null or not null) and (each.awaiting if awaiting else each.blocking)
    )
