"""What the codec loads, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded(code: str, *names: str) -> list[str]:
    """Which of these modules a program has loaded at its end."""
    program = (
        f"import sys; before = set(sys.modules)\n{code}\nprint(*({{*sys.argv[1:]}} & ({{*sys.modules}} - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program, *names], capture_output=True, text=True, check=True)  # noqa: S603 - this Python
    return sorted(done.stdout.split())


def test_the_codec_is_loaded_without_its_engines() -> None:
    """They are loaded when something is first read or written."""
    assert [] == loaded("import restkit.codec; restkit.codec.JSON()", "msgspec", "cattrs", "pydantic")


@pytest.mark.parametrize("name", ["MsgPack", "ModelCodec", "JSON"])
def test_a_codec_is_made_without_its_engines(name: str) -> None:
    """A client has one, whether it needs it or not."""
    assert [] == loaded(f"from restkit import {name}; {name}", "msgspec", "cattrs", "pydantic")


def test_pydantic_is_loaded_for_its_models_only() -> None:
    """It is not needed for any other class."""
    code = "from restkit import JSON; JSON().decoder(list[int] | None)(b'[1]'); JSON().encode({'a': (1,)})"

    assert [] == loaded(code, "pydantic")
