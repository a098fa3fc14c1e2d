"""What msgspec reads alone, and what cattrs makes of plain data, is the same: for generated models and bodies."""

from __future__ import annotations

from tests.codec.generated import differences


def test_both_ways_read_the_same() -> None:
    """The campaign tries 20,000 bodies; these are the first."""
    compared = [differences(seed, 10) for seed in range(60)]

    assert [] == [found for _, each in compared for found in each]


def test_most_models_are_read_directly() -> None:
    """Else the comparison would compare the thorough way with itself."""
    assert sum(differences(seed, 10)[0] for seed in range(60)) > 200
