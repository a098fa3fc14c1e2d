"""Run a module where `import httpx` means httpx2: `python -m tests.campaign.aliased MODULE ...`.

The alias is set before anything else is imported, as whoever moves to httpx2 does it.
"""

from __future__ import annotations

import runpy
import sys

import httpx2

if __name__ == "__main__":
    httpx2.alias_httpx()
    sys.argv = sys.argv[1:]
    _ = runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
