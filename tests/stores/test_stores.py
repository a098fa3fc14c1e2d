"""Every store, by its protocol."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from restkit.credentials import TokenStore
from restkit.flow import Flow, Sleep, World, run
from restkit.testing import Simulation
from tests.stores.running import CANARY, OTHER, TOKEN, Perform, blocking


def test_a_token_is_kept(store: TokenStore, perform: Perform) -> None:
    """With all that came with it."""
    perform(store.save("a", TOKEN))

    assert TOKEN == perform(store.load("a"))


def test_nothing_was_kept(store: TokenStore, perform: Perform) -> None:
    """Under this key, or at all."""
    before = perform(store.load("a"))
    perform(store.save("b", TOKEN))

    assert (None, None) == (before, perform(store.load("a")))


def test_the_last_one_counts(store: TokenStore, perform: Perform) -> None:
    """Whatever other keys have."""
    for key, token in [("a", TOKEN), ("b", TOKEN), ("a", OTHER)]:
        perform(store.save(key, token))

    assert [OTHER, TOKEN] == [perform(store.load(key)) for key in "ab"]


def test_a_token_is_forgotten(store: TokenStore, perform: Perform) -> None:
    """And no other with it."""
    for key in "ab":
        perform(store.save(key, TOKEN))
    perform(store.remove("a"))

    assert [None, TOKEN] == [perform(store.load(key)) for key in "ab"]


def test_there_is_nothing_to_forget(store: TokenStore, perform: Perform) -> None:
    """Which is well."""
    perform(store.save("b", TOKEN))
    perform(store.remove("a"))

    assert TOKEN == perform(store.load("b"))


def test_any_key_will_do(store: TokenStore) -> None:
    """Whatever its characters are."""
    keys = ["https://api.test/token|me", "../../etc/passwd", "ä\N{SNOWMAN}\n", "x" * 5000]
    for key in keys:
        blocking(store.save(key, OTHER))

    assert [OTHER] * len(keys) == [blocking(store.load(key)) for key in keys]


def work(store: TokenStore, key: str, seen: list[str]) -> Flow[str]:
    """Work that takes a second, and tells when it begins and ends."""

    def alone() -> Flow[str]:
        seen.append(f"{key} begins")
        yield from Sleep(1.0)
        seen.append(f"{key} ends")
        return key

    return (yield from store.exclusive(key, alone))


def test_one_at_a_time(store: TokenStore) -> None:
    """Works on a key."""
    seen: list[str] = []
    answers = Simulation().run_all(*(work(store, "a", seen) for _ in range(3)))

    assert (["a begins", "a ends"] * 3, ["a"] * 3) == (seen, answers)


def test_keys_do_not_wait_for_each_other(store: TokenStore) -> None:
    """Each has its own turn."""
    seen: list[str] = []
    _ = Simulation().run_all(work(store, "a", seen), work(store, "b", seen))

    assert ["a begins", "b begins", "a ends", "b ends"] == seen


def test_what_is_done_alone_gives_its_answer(store: TokenStore, perform: Perform) -> None:
    """And may use the store."""

    def alone() -> Flow[None]:
        yield from store.save("a", TOKEN)

    perform(store.exclusive("a", alone))

    assert TOKEN == perform(store.load("a"))


def test_whoever_fails_lets_the_next_one_work(store: TokenStore, perform: Perform) -> None:
    """Its error is the caller's."""

    def fail() -> Flow[None]:
        yield from ()
        raise LookupError

    with pytest.raises(LookupError):
        perform(store.exclusive("a", fail))

    assert "a" == run(store.exclusive("a", answering("a")), World())


def answering(answer: str) -> Callable[[], Flow[str]]:
    """Work that is done at once."""

    def alone() -> Flow[str]:
        yield from ()
        return answer

    return alone


def test_whoever_is_called_off_lets_the_next_one_work(store: TokenStore) -> None:
    """Also while it waits for its turn."""
    simulation, seen = Simulation(), list[str]()
    first, second = (simulation.start(work(store, "a", seen)) for _ in range(2))
    simulation.advance(0.5)
    second.cancel()
    first.cancel()
    _ = simulation.run(work(store, "a", seen))

    assert ["a begins", "a begins", "a ends"] == seen


def test_a_store_shows_no_secret(store: TokenStore) -> None:
    """When it is printed."""
    blocking(store.save("a", TOKEN))

    assert CANARY not in repr(store) + str(store)
