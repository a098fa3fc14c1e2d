"""The same answers and errors in every interpreter: without assertions, in another locale, time zone and century."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.answers.outcomes import outcomes

ROOT = Path(__file__).parents[2]
WORLDS = {
    "optimized": {"PYTHONOPTIMIZE": "2"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TZ": "Asia/Kathmandu"},
    "locale POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "TZ": "America/St_Johns"},
    "a zone that is none": {"TZ": ":/nonsense"},
    "a day that has no 2:30": {"TZ": "Europe/Berlin"},
    "hash": {"PYTHONHASHSEED": "12345"},
}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_what_becomes_of_calls_is_the_same_everywhere(world: dict[str, str]) -> None:
    """Values, errors, their texts and facts."""
    command = [sys.executable, "-m", "tests.answers.outcomes"]
    environment = {**os.environ, **world}

    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)  # noqa: S603 - ours

    assert 0 == ran.returncode, ran.stderr
    assert list(outcomes()) == json.loads(ran.stdout)


YEARS = """
import json, sys, time
wall, year = time.time, float(sys.argv[1])
began = wall()
time.time = lambda: year + wall() - began
from tests.answers.outcomes import outcomes
print(json.dumps(list(outcomes())))
"""


@pytest.mark.parametrize("moment", ["0", "4294967296", "-1"], ids=["1970", "2106", "1969"])
def test_what_becomes_of_calls_is_the_same_at_all_times(moment: str) -> None:
    """Whatever the wall clock says: nothing is measured by it."""
    command = [sys.executable, "-c", YEARS, moment]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)  # noqa: S603 - ours

    assert 0 == ran.returncode, ran.stderr
    assert list(outcomes()) == json.loads(ran.stdout)
