"""P15: how far memory grows over sixty answers of 4 MB with the garbage collector off, in both worlds."""

from __future__ import annotations

from benchmarks.contenders.table import BASE, CONTENDERS, RESTKIT
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import told

MIB = 1024 * 1024
CONTENDING = tuple(each for each in CONTENDERS if each.module in {BASE.module, RESTKIT.module})
"""Peers are left out: their growth is that of the library under them."""


def measure() -> tuple[Reading, ...]:
    """Let everyone read, blocking, then awaiting."""
    with loopback() as address:
        return (*grown("blocking", "big", address), *grown("awaiting", "big_awaiting", address))


def grown(of: str, function: str, address: str) -> tuple[Reading, Reading]:
    """Read what stays held, then the growth as the allocator left it."""
    growth = {each.name: told("growth", each, function, address) for each in CONTENDING if each.here}
    return (
        reading(of, {name: each["held"] for name, each in growth.items()}),
        reading(f"{of}, as the allocator left it", {name: each["bytes"] for name, each in growth.items()}),
    )


def reading(of: str, growth: dict[str, float]) -> Reading:
    """Read restkit's growth in MiB, everyone else's beside it."""
    mebibytes = {name: round(each / MIB, 2) for name, each in growth.items()}
    return Reading(of=of, value=mebibytes.pop("restkit"), by="memory", beside=mebibytes)
