"""No figure at all."""

from __future__ import annotations

from tests.campaign.figure import Figure

FIGURES: tuple[Figure, ...] = ()
