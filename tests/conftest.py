"""What every test runs with: Hypothesis's profiles, and the awaiting world in its two kinds."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import settings

from restkit.redaction import DECLARED

settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_report_header() -> str:
    """Name the httpx under test: the suite runs on httpx and, aliased, on httpx2."""
    return f"httpx: {httpx.__name__} {httpx.__version__}"


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The event loop of a coroutine test: each runs once on either."""
    return str(request.param)


@pytest.fixture(autouse=True)
def declared_names() -> Iterator[None]:
    """Schemes tell of names that hold secrets, for the whole process: each test begins without those of others."""
    before = set(DECLARED)
    yield
    DECLARED.clear()
    DECLARED.update(before)


@pytest.fixture
def uncollected() -> Iterator[None]:
    """For tests that reach the recursion limit: there the finalizers of other tests' garbage would fail.

    Python 3.11 collects garbage wherever an object is made, as deep as that may be; later ones between two steps only.
    """
    gc.disable()
    yield
    gc.enable()
