"""W4: what restkit's own transport takes off an unmodified `httpx.Client`.

pyreqwest's transport for httpx stands beside it.
"""

from __future__ import annotations

from benchmarks.compare import compare
from benchmarks.contenders.table import CARRYING, present
from benchmarks.figures import Reading
from benchmarks.loopback import loopback
from benchmarks.remote import remotes


def measure() -> tuple[Reading, ...]:
    """Get one user over and over on a kept connection, and do nothing with it."""
    contenders = present(among=CARRYING)
    with loopback() as address, remotes(contenders, "bare", address=address) as subjects:
        return (compare(subjects, base="httpx").reading("call"),)
