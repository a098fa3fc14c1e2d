"""What must hold of a client with everything on, whatever the weather: no bound exceeded, nothing left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from restkit import FixedWindow, SlidingWindow
from restkit.policies.bucket import Limit, started
from restkit.policies.bucket_numbers import FULL, micros
from restkit.testing import Report
from restkit.testing.weather.report import Broken, Check
from tests.campaign.resilience_stack import HOME, PRICE, watch_of

ATTEMPTS, SLACK = 3, 2
"""Attempts of a call; microseconds that two sums may differ."""


def within_the_rate(report: Report) -> Iterator[Broken]:
    """What was handed to the wire is what a bucket of these limits lets through; then as much is left in ours."""
    watch = watch_of(report)
    bucket = started([bound(limit, adapts=watch.plan.adapts) for limit in watch.plan.limits])
    for moment in watch.moments:
        if not bucket.take(micros(moment) + 1, FULL):
            yield Broken(f"a request was sent at {moment - watch.moments[0]:.6f} s, above the rate")
            return
    line = watch.limiter._lines.get((HOME, ""), watch.clock.now())  # noqa: SLF001 - nobody else asks
    if not watch.plan.adapts:
        now, full = max(micros(watch.clock.now()), line.paused), line.most
        left, due = line.bucket.delay(now, full), bucket.delay(now, full)
        if abs(left - due) > SLACK:
            yield Broken(f"the bucket is full in {left} us, not in {due}: permits are lost, or made")


def bound(limit: Limit, *, adapts: bool) -> Limit:
    """What a limit promises. A window that was made longer meets others than it did."""
    return SlidingWindow(2 * limit.limit, limit.per) if adapts and isinstance(limit, FixedWindow) else limit


def within_the_bulkhead(report: Report) -> Iterator[Broken]:
    """No more requests are on the wire than there are slots."""
    yield from at_once(report, watch_of(report).plan.size, lambda _: 1)


def within_the_probes(report: Report) -> Iterator[Broken]:
    """No more requests try a circuit that is half open than may."""
    yield from at_once(report, watch_of(report).plan.probes, lambda gauges: gauges["circuit"])


def at_once(report: Report, most: int, group: Callable[[dict[str, object]], object]) -> Iterator[Broken]:
    """At most so many requests of a group are on the wire at the same time; those of group 0 do not matter."""
    ends: dict[object, list[float]] = {}
    for sent in report.sends:
        which = group(sent.gauges)
        if not which or not sent.call:  # a foreign one does not know its call
            continue
        open_ = ends[which] = [each for each in ends.get(which, ()) if each > sent.moment]
        open_.append(float("inf") if sent.over is None else sent.over)
        if len(open_) > most:
            yield Broken(f"call {sent.call}: {len(open_)} at once at {sent.moment:.3f} s, not {most}", sent.call)
            return


def within_the_budget(report: Report) -> Iterator[Broken]:
    """No more retries are sent than are paid for."""
    watch = watch_of(report)
    capacity = watch.plan.capacity
    unpaid = (watch.retries - watch.recovered) * PRICE - watch.answered
    if max(watch.debt, unpaid) > capacity:
        yield Broken(f"a budget of {capacity} was short of {watch.debt}, and of {unpaid} by its retries")


def within_the_attempts(report: Report) -> Iterator[Broken]:
    """No hop of a call is sent more often than it may be, with one send beside the last."""
    hops = Counter((sent.call, sent.method, sent.path) for sent in report.sends if sent.call)
    for (call, method, path), count in hops.items():
        if count > ATTEMPTS + 1:
            yield Broken(f"call {call}: {method} {path} was sent {count} times", call)


def given_back(report: Report) -> Iterator[Broken]:
    """When all is over nobody waits, no slot is taken, and nobody may try."""
    watch = watch_of(report)
    leases = len(watch.gate._circuit._leases)  # noqa: SLF001 - nobody else asks
    left = {
        "waiting for permits": watch.limiter.waiting,
        "slots": watch.slots.used,
        "waiting for slots": watch.slots.waiting,
        "tries": leases,
    }
    yield from (Broken(f"{count} left: {what}") for what, count in left.items() if count)


CHECKS: tuple[Check, ...] = (
    within_the_rate,
    within_the_bulkhead,
    within_the_probes,
    within_the_budget,
    within_the_attempts,
    given_back,
)
"""What must hold besides what always must."""
