"""Which address is tried when (RFC 8305): decided in virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from restkit.wire.eyeballs import DELAY, Turns, interleaved, is_ipv6

ADDRESSES = st.lists(
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str),
    max_size=8,
    unique=True,
)


def begun(addresses: Sequence[str], failures: dict[str, float]) -> list[tuple[float, str]]:
    """When each address is tried, if those in `failures` fail so many seconds after their beginning."""
    turns, now, tried = Turns(addresses), 0.0, list[tuple[float, str]]()
    ends: list[tuple[float, str]] = []
    while (pause := turns.pause(now)) is not None:
        first = min(ends, default=None)
        if first is not None and first[0] <= now + pause:
            now, address = first
            ends.remove(first)
            turns.failed(address)
            continue
        now += pause
        address = turns.take(now) or ""
        tried.append((now, address))
        if address in failures:
            ends.append((now + failures[address], address))
    return tried


def test_the_families_take_turns() -> None:
    """The first address stays the first, and the rest of the longer family comes last."""
    found = interleaved(["::1", "::2", "::3", "10.0.0.1", "10.0.0.2"])

    assert ["::1", "10.0.0.1", "::2", "10.0.0.2", "::3"] == found


def test_nothing_to_interleave() -> None:
    """No address, or one family."""
    assert ([], ["10.0.0.2", "10.0.0.1"]) == (interleaved([]), interleaved(["10.0.0.2", "10.0.0.1"]))


def test_one_after_the_other() -> None:
    """A quarter of a second apart, while none of them answers."""
    assert [(0.0, "::1"), (0.25, "10.0.0.1"), (0.5, "::2")] == begun(["::1", "::2", "10.0.0.1"], {})


def test_at_once_after_a_failure() -> None:
    """And a quarter of a second after that."""
    tried = begun(["a:1", "a:2", "a:3"], {"a:1": 0.1})

    assert [(0.0, "a:1"), (0.1, "a:2"), (0.35, "a:3")] == tried


def test_a_failure_of_an_earlier_one_changes_nothing() -> None:
    """The last one still has its quarter of a second."""
    tried = begun(["a:1", "a:2", "a:3"], {"a:1": 0.3})

    assert [(0.0, "a:1"), (0.25, "a:2"), (0.5, "a:3")] == tried


def test_nobody_is_early() -> None:
    """Whoever asks before the moment gets nothing, and loses nothing."""
    turns = Turns(["a:1", "a:2"])

    assert ["a:1", None, "a:2", None] == [turns.take(now) for now in (0.0, 0.2, 0.25, 9.0)]


@given(ADDRESSES, st.dictionaries(st.integers(0, 7), st.floats(0, 1), max_size=8))
def test_each_address_is_tried_once(addresses: list[str], failing: dict[int, float]) -> None:
    """In order, never more than a quarter of a second after the one before."""
    failures = {addresses[index]: seconds for index, seconds in failing.items() if index < len(addresses)}
    tried = begun(addresses, failures)
    moments = [moment for moment, _ in tried]

    assert interleaved(addresses) == [address for _, address in tried]
    assert all(0 <= later - sooner <= DELAY + 1e-9 for sooner, later in pairwise(moments))


@given(ADDRESSES)
def test_interleaving_keeps_the_order_within_a_family(addresses: list[str]) -> None:
    """The system's preference (RFC 6724) is not lost."""
    found = interleaved(addresses)

    assert all(
        [each for each in addresses if is_ipv6(each) is six] == [each for each in found if is_ipv6(each) is six]
        for six in (True, False)
    )
