"""Long bodies: how fast they come or go, and by how much memory grows meanwhile."""

from __future__ import annotations

from benchmarks.bulk import DOWNLOAD
from benchmarks.compare import Comparison, compare
from benchmarks.contenders.table import CARRYING, Contender, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes, told

MB = 1e6
MIB = 1024 * 1024
ROUNDS = 5
FIRST, FURTHER = "5", "1"
"""Bodies that make room, a tenth as long, and those over which growth is counted."""


def moved(function: str, among: tuple[Contender, ...] = CARRYING) -> tuple[Reading, ...]:
    """Move a long body with everyone, and read the speed beside the base's, in MB a second, and the growth."""
    contenders = present(among=among, awaiting=function.endswith("awaiting"))
    with loopback("bulk") as address:
        compared = compared_at(function, contenders, address)
        grown = {each.name: told("growth", each, function, address, FIRST, FURTHER) for each in contenders}
    return (
        compared.faster("speed"),
        compared.rate("in a second", "MB/s", DOWNLOAD / MB),
        growth("memory", grown, "held"),
        growth("memory at its largest", grown, "peak"),
    )


def compared_at(function: str, contenders: tuple[Contender, ...], address: str) -> Comparison:
    """Let everyone move one body in each round."""
    with remotes(contenders, function, address=address) as subjects:
        return compare(subjects, base="httpx", rounds=ROUNDS, calls=1)


def growth(of: str, grown: dict[str, dict[str, float]], what: str) -> Reading:
    """Read by how much more a process holds after a body ten times as long, or is larger at its largest."""
    mebibytes = {name: round(each[what] / MIB, 2) for name, each in grown.items()}
    return Reading(of=of, value=mebibytes.pop("restkit"), by="memory", beside=mebibytes, unit="MiB")
