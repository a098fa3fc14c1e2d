"""Every fault by its name: data, so that a test of an SDK has one line for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from restkit.testing.faults.bodies import BODIES, CONTENTS
from restkit.testing.faults.connecting import CONNECTING, SENDING
from restkit.testing.faults.fault import Fault
from restkit.testing.faults.heads import HEADS
from restkit.testing.faults.statuses import REDIRECTS, STATUSES

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {each.name: each for table in (CONNECTING, SENDING, HEADS, BODIES, CONTENTS, STATUSES, REDIRECTS) for each in table}
)
"""All faults by name: `@pytest.mark.parametrize("fault", FAULTS)`."""
