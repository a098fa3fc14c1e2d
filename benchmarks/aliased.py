"""Run a program where `import httpx` means httpx2: `python -m benchmarks.aliased MODULE|FILE ...`.

The alias is set before anything else is imported, as whoever moves to httpx2 does it.
"""

from __future__ import annotations

import runpy
import sys

import httpx2

if __name__ == "__main__":
    httpx2.alias_httpx()
    sys.argv = sys.argv[1:]
    run = runpy.run_path if sys.argv[0].endswith(".py") else runpy.run_module
    _ = run(sys.argv[0], run_name="__main__")
