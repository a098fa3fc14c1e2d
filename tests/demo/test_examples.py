"""The examples run, as they stand."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_acme(capsys: pytest.CaptureFixture[str]) -> None:
    """The SDK of Acme does the same blocking and awaiting."""
    _ = runpy.run_path(str(EXAMPLES / "acme.py"), run_name="__main__")
    half = [
        "User(id=7, name='Ada')",
        "['Notes on the engine']",
        "Team(id=1, name='Engines')",
        "suspended: 1",
        "not found: https://api.acme.test/users/8",
    ]

    assert capsys.readouterr().out.splitlines() == [*half, *half]
