"""Stores and several processes: those that share a file, those that fork, those that die."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from restkit import Token
from restkit.stores import FileTokens
from tests.stores.rotating import play
from tests.stores.running import TOKEN, blocking

COMMON = """
import os, sys
from pathlib import Path
from restkit import Token
from restkit.flow import World, run
from restkit.stores import FileTokens, MemoryTokens
from restkit.stores.lease import Lease
folder = Path(sys.argv[1])
lock = folder / "a.lock"

def child(act):
    number = os.fork()
    if number == 0:
        status = 1
        try:
            status = 0 if act() else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
"""
LEASE = """
held = Lease(lock)
assert held.take()

def act():
    held.give_back()
    return not Lease(lock).take()

print(child(act), Lease(lock).take())
held.give_back()
print(Lease(lock).take())
"""
DEATH = """
kept = []

def act():
    kept.append(Lease(lock))
    return kept[0].take()

print(child(act), Lease(lock).take())
"""
MEMORY = """
store, token = MemoryTokens(), Token(value="t")
run(store.save("a", token), World())

def act():
    return run(store.exclusive("a", lambda: store.load("a")), World()) == token

def alone():
    yield from ()
    return child(act)

print(run(store.exclusive("a", alone), World()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(LEASE, "0 False\nTrue\n", id="a child has not what its parent has, nor gives it back"),
        pytest.param(DEATH, "0 True\n", id="a process that dies leaves its lease to the others"),
        pytest.param(MEMORY, "0\n", id="a child waits for nobody of its parent's"),
    ],
)
def test_a_process_forks(tmp_path: Path, code: str, expected: str) -> None:
    """And goes on, as does its child."""
    words = [sys.executable, "-c", COMMON + code, str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - this Python

    assert (expected, "") == (done.stdout, done.stderr)


def test_no_refresh_token_is_used_twice(tmp_path: Path) -> None:
    """By processes that share a file, and all of whose tokens end at once."""
    played = play(tmp_path, processes=3, count=10)

    assert ((0, 0, 0), 0, "") == (played.statuses, played.reused, played.words)


WRITES = """
store = FileTokens(folder / "tokens.json")
for number in range(1_000_000):
    run(store.save("a", Token(value=str(number) * 10_000)), World())
    print(number, flush=True)
"""


def test_a_process_is_killed_while_it_writes(tmp_path: Path) -> None:
    """What it kept last is there, whole, and nothing that was only begun; others may write."""
    words = [sys.executable, "-c", COMMON + WRITES, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writing:  # noqa: S603 - this Python
        told = [next(writing.stdout or iter(())) for _ in range(50)]
        writing.kill()
        told += writing.stdout or ()
    store = FileTokens(tmp_path / "tokens.json")
    found = blocking(store.load("a"))
    blocking(store.save("b", TOKEN))

    assert found in [Token(value=str(number) * 10_000) for number in (int(told[-1]), int(told[-1]) + 1)]
    assert {"tokens.json", "tokens.json.lock"} == {each.name for each in tmp_path.iterdir()}
