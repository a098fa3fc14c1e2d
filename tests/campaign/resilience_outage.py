"""A total outage: many clients whose server fails whatever they ask do not multiply what they send."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import httpx
from attrs import frozen

from restkit import Client
from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.testing import Report, Scene, Weather, simulate
from restkit.testing.weather import checks
from tests.campaign.figure import Amounts, Measured
from tests.campaign.processes import in_processes, swept

CALLS, SECONDS, EXTRA = 1_000, 120.0, 35
"""Calls of each client, within so many seconds; what a full budget has for retries."""
OUTAGE = Weather(outages=1.0, cancelled=0.0)
CHECKS = (checks.sends_in_all(EXTRA),)


@frozen
class Sends:
    """What came of some clients."""

    clients: int
    calls: int
    most: int
    """Of all clients, the most sends beyond its calls."""
    answered: int
    wrong: tuple[str, ...]


def fail_all(asked: Amounts) -> Measured:
    """Have so many clients make their calls, each with a budget of its own."""
    found = in_processes(play, range(asked.calls // CALLS), few=asked.calls < 10 * CALLS)
    wrong = [said for each in found for said in each.wrong]
    for said in wrong[:3]:
        _ = sys.stderr.write(f"{said}\n")
    most, answered = max(each.most for each in found), sum(each.answered for each in found)
    clients, calls = (sum(getattr(each, name) for each in found) for name in ("clients", "calls"))
    return Measured(
        value=f"{len(wrong)} of {clients} clients sent more, the most {most} beyond its {CALLS} calls,"
        f" {answered} calls well",
        ok=not wrong and 0 < most <= EXTRA and not answered,
        done=Amounts(calls=calls),
    )


def play(seeds: Sequence[int]) -> Sends:
    """Have some clients make their calls."""
    reports = [read(report_of(seed)) for seed in swept(seeds)]
    return Sends(
        clients=len(reports),
        calls=len(reports) * CALLS,
        most=max(beyond for beyond, _, _ in reports),
        answered=sum(succeeded for _, succeeded, _ in reports),
        wrong=tuple(said for _, _, said in reports if said is not None),
    )


def read(report: Report) -> tuple[int, int, str | None]:
    """How often a client sent beyond its calls, how many were answered well, and what is wrong."""
    beyond = len(report.sends) - len(report.calls)
    return beyond, report.succeeded, None if report.ok else str(report)


def report_of(seed: int) -> Report:
    """One client."""
    return simulate(hopeful, seed, calls=CALLS, seconds=SECONDS, weather=OUTAGE, checks=CHECKS)


def hopeful(scene: Scene) -> Client[Any]:
    """A client that nothing keeps from sending again but its budget."""
    return scene.client(Client, bulkhead=None, attempt_layers=[curt])


def curt(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """A server that says nothing of when to come again: then it is down, and not merely busy."""
    response = yield from proceed(request)
    _ = response.headers.pop("retry-after", None)
    return response
