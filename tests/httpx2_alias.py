"""Run the suite on httpx2: `pytest -p tests.httpx2_alias`.

An early plugin, since restkit's own plugin and respx's import httpx long before any conftest.py.
"""

from __future__ import annotations

import sys

import httpx2
import pytest

httpx2.alias_httpx()


def pytest_sessionfinish() -> None:
    """Fail a run in which any module still comes from httpx itself."""
    strays = sorted(name for name, module in sys.modules.items() if module.__name__.split(".")[0] == "httpx")
    if strays or sys.modules["httpx"] is not httpx2:
        raise pytest.UsageError(f"imported from httpx, not from httpx2: {strays or 'httpx'}")
