"""The public names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
import types

import pytest

import restkit

IMPORT_ALL = """
import importlib, random, sys, types
import restkit
names = list(restkit.__all__)
random.Random(int(sys.argv[1])).shuffle(names)
for name in names:
    found = getattr(restkit, name)
    assert not isinstance(found, types.ModuleType), f"{name} is a module"
    assert found is getattr(restkit, name)
print(len(names))
"""

IMPORT_EACH = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    for loaded in [each for each in sys.modules if each.split(".")[0] == "restkit"]:
        del sys.modules[loaded]
"""


@pytest.mark.parametrize("seed", range(4))
def test_public_names_can_be_imported_in_any_order(seed: int) -> None:
    """Each is itself, whatever was loaded before it: in a fresh interpreter, shuffled."""
    words = [sys.executable, "-c", IMPORT_ALL, str(seed)]

    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - this Python

    assert (f"{len(restkit.__all__)}\n", "") == (done.stdout, done.stderr)


def test_no_public_name_is_also_a_module() -> None:
    """A lazily loaded `operation` beside `operation.py` would hand out the module."""
    modules = {each.name for each in pkgutil.iter_modules(restkit.__path__)}

    assert set() == modules & set(restkit.__all__)


def test_every_public_name_is_listed_by_dir() -> None:
    """For people at a prompt."""
    assert set() == set(restkit.__all__) - set(dir(restkit))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = restkit.nothing  # type: ignore[attr-defined]


def test_every_public_name_has_a_docstring() -> None:
    """Classes and functions; type aliases have none of their own."""
    bare = [
        name
        for name in restkit.__all__
        if isinstance(found := getattr(restkit, name), type | types.FunctionType) and not inspect.getdoc(found)
    ]

    assert [] == bare


def test_every_module_can_be_imported_first() -> None:
    """No cycle depends on what was loaded before."""
    names = [each.name for each in pkgutil.iter_modules(restkit.__path__, "restkit.") if "demo" not in each.name]
    done = subprocess.run([sys.executable, "-c", IMPORT_EACH, *names], capture_output=True, text=True, check=False)  # noqa: S603 - this Python

    assert ("", True) == (done.stderr, importlib.import_module("restkit.client") is sys.modules["restkit.client"])
