"""What a scheme whose credential is there adds to a call."""

from __future__ import annotations

import asyncio

from benchmarks.compare import compare
from benchmarks.figures import Reading
from benchmarks.rows.nothing import REQUEST, Awaiting, Blocking, Same, Yardstick, excess
from restkit import APIKey, Authenticate, Bearer, Layer, Pipeline, Scheme

SCHEMES: dict[str, Scheme] = {"Bearer": Bearer("t0k3n"), "APIKey": APIKey("t0k3n", header="X-Key")}


def measure() -> tuple[Reading, ...]:
    """Ask with a credential and without, in both worlds."""
    with asyncio.Runner() as runner:
        return tuple(
            reading
            for name, scheme in SCHEMES.items()
            for reading in (*blocking(name, scheme), *awaiting(name, scheme, runner))
        )


def blocking(name: str, scheme: Scheme) -> tuple[Reading, Reading]:
    """Read what a scheme adds, blocking."""
    subjects = {"yardstick": Yardstick(), "without": Blocking(through()), "with": Blocking(through(layer(scheme)))}
    return excess(f"{name}, blocking", compare(subjects, base="yardstick"), over="without", name="with")


def awaiting(name: str, scheme: Scheme, runner: asyncio.Runner) -> tuple[Reading, Reading]:
    """Read what a scheme adds, awaiting."""
    without, with_it = Awaiting(through(), runner), Awaiting(through(layer(scheme)), runner)
    subjects = {"yardstick": Yardstick(), "without": without, "with": with_it}
    return excess(f"{name}, awaiting", compare(subjects, base="yardstick"), over="without", name="with")


def layer(scheme: Scheme) -> Layer:
    """The layer that authenticates, at home."""
    return Authenticate(scheme, REQUEST.url.copy_with(path="/"))


def through(*layers: Layer) -> Pipeline:
    """Layers over the transport that does nothing."""
    return Pipeline(layers, Same())
