"""The transport that is measured: named here and nowhere else."""

from __future__ import annotations

from restkit import WireTransport

Wire = WireTransport
