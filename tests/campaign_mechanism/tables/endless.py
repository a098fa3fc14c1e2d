"""A figure that never ends and has a child of its own."""

from __future__ import annotations

import subprocess
import sys
import threading

from tests.campaign.figure import Amounts, Figure, Measured


def endless(_asked: Amounts) -> Measured:
    """Start a child that waits for ever, and wait for ever."""
    with subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"]):
        _ = threading.Event().wait()
    raise AssertionError("unreachable")


FIGURES = (Figure(name="endless", wanted="an end", run=endless, asked=Amounts(calls=1)),)
