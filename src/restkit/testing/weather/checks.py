"""What must hold whatever the weather: pure functions of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from restkit.errors import RestkitError
from restkit.flow import Abandoned
from restkit.testing.ledger import ONCE, UNSAFE
from restkit.testing.weather.calls import is_whole
from restkit.testing.weather.report import Broken, Check, Report

EPSILON = 0.002
"""Seconds by which a loop's timers may be late."""


def nothing_doubled(report: Report) -> Iterator[Broken]:
    """No write by POST or PATCH is applied twice."""
    doubled = {write.body for write in report.ledger.doubled}
    for made in report.calls:
        if made.method in ONCE and made.body in doubled:
            yield Broken(f"call {made.number}: {made.method} {made.path} was applied more than once", made.number)


def nothing_lost(report: Report) -> Iterator[Broken]:
    """A write that was reported as done has been done."""
    applied = {(each.method, each.target, each.body) for each in report.ledger.writes}
    for made in report.calls:
        if made.method in UNSAFE and made.succeeded and (made.method, made.path, made.body) not in applied:
            yield Broken(f"call {made.number}: {made.method} {made.path} said done, and was not", made.number)


def nothing_torn(report: Report) -> Iterator[Broken]:
    """What a call answers is what the server has sent, all of it."""
    for made in report.calls:
        if made.succeeded and made.method != "DELETE" and not is_whole(made.value):
            yield Broken(f"call {made.number}: {made.method} {made.path} answered {made.value!r}", made.number)


def every_call_ends(report: Report) -> Iterator[Broken]:
    """Each call ends: with a value, with an error of restkit's, or by being cancelled."""
    for made in report.calls:
        if made.ended is None:
            yield Broken(f"call {made.number} never ended", made.number)
        elif made.error is not None and not isinstance(made.error, RestkitError | Abandoned):
            yield Broken(f"call {made.number} raised {made.error!r}", made.number)


def in_time(report: Report) -> Iterator[Broken]:
    """No call outlasts its deadline."""
    if report.deadline is None:
        return
    for made in report.calls:
        took = (made.ended or 0.0) - made.starts
        if took > report.deadline + EPSILON:
            yield Broken(f"call {made.number} took {took:.3f} s, not {report.deadline:g} s", made.number)


def nothing_left_open(report: Report) -> Iterator[Broken]:
    """Every answer is read to its end or closed."""
    if report.left_open:
        yield Broken(f"{report.left_open} answers were left open")


ALWAYS: tuple[Check, ...] = (
    nothing_doubled,
    nothing_lost,
    nothing_torn,
    every_call_ends,
    in_time,
    nothing_left_open,
)
"""Checked in every simulation."""


def rate(most: float, per: float = 1.0, burst: float = 1.0) -> Check:
    """At most `burst` sends at once, and `most` more in `per` seconds, in every window of time."""
    slack = 1e-6 * (1 + most / per)  # limits are counted in whole microseconds

    def check(report: Report) -> Iterator[Broken]:
        room, last = burst, 0.0
        for sent in report.sends:
            room = min(burst, room + (sent.moment - last) * most / per) - 1.0
            last = sent.moment
            if room < -slack:
                yield Broken(f"call {sent.call}: sent at {sent.moment:.6f} s, above the rate", sent.call)
                return

    return check


def sends_per_call(most: int) -> Check:
    """No call is sent more often."""

    def check(report: Report) -> Iterator[Broken]:
        for call, count in Counter(sent.call for sent in report.sends).items():
            if count > most:
                yield Broken(f"call {call} was sent {count} times", call)

    return check


def sends_in_all(extra: int) -> Check:
    """All calls together are sent so many times more than once, at most: what a budget promises."""

    def check(report: Report) -> Iterator[Broken]:
        over = len(report.sends) - len({sent.call for sent in report.sends}) - extra
        if over > 0:
            yield Broken(f"{len(report.sends)} sends, {over} more than the budget has")

    return check


def in_flight(most: int, *, while_: str | None = None, shows: object = None) -> Check:
    """At most so many requests are on the wire at once; if `while_` is a gauge: while it shows that.

    A half-open breaker lets through five: `in_flight(5, while_="breaker", shows="half open")`. Requests that were sent
    before it showed that do not count.
    """

    def check(report: Report) -> Iterator[Broken]:
        ends: list[float] = []
        for sent in report.sends:
            ends = [each for each in ends if each > sent.moment]
            if while_ is not None and sent.gauges.get(while_) != shows:
                ends.clear()
                continue
            ends.append(float("inf") if sent.over is None else sent.over)
            if len(ends) > most:
                yield Broken(f"call {sent.call}: {len(ends)} requests in flight at {sent.moment:.3f} s", sent.call)
                return

    return check


def kept(gauge: str) -> Check:
    """A gauge shows the same when all is over as before: permits and slots are given back."""

    def check(report: Report) -> Iterator[Broken]:
        before, after = report.before[gauge], report.after[gauge]
        if before != after:
            yield Broken(f"{gauge} shows {after!r} when all is over, and {before!r} before")

    return check
