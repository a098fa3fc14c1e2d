"""A figure that leaves where it runs beside another."""

from __future__ import annotations

from attrs import evolve

from tests.campaign_mechanism.tables import gone, right

FIGURES = (evolve(gone.FIGURES[0], beside=True), right.FIGURES[0])
