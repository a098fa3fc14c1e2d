"""P5: what the retry layer adds to a call that succeeds at once, beside a call of tenacity's decorator.

restkit's own decorator stands beside it.
"""

from __future__ import annotations

import tenacity

from benchmarks.compare import compare
from benchmarks.figures import Reading
from benchmarks.rows.nothing import Blocking, Called, Same, more
from restkit import Pipeline, Retry, retry


def measure() -> tuple[Reading, ...]:
    """Ask through the layer and without it, and call a function with each decorator."""
    subjects = {
        "tenacity": Called(tenacity.retry(answer)),
        "decorator": Called(retry()(answer)),
        "without": Blocking(Pipeline([], Same())),
        "layer": Blocking(Pipeline([Retry()], Same())),
    }
    compared = compare(subjects, base="tenacity")
    return (more("call", compared, name="layer", over="without"), compared.reading("decorator", "decorator"))


def answer() -> int:
    """Succeed at once."""
    return 7
