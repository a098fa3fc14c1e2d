"""Run campaigns: `python -m tests.campaign [NAME ...] [--json PATH]`, all of them without a name."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib import metadata
from pathlib import Path

from tests.campaign.outcome import Outcome
from tests.campaign.run import run_all
from tests.campaign.table import CAMPAIGNS, Campaign, UnknownCampaign, chosen

PACKAGES = ("restkit-httpx", "httpx", "httpx2", "anyio", "trio", "attrs", "cattrs", "msgspec", "hypothesis")


def main(arguments: list[str], campaigns: tuple[Campaign, ...] = CAMPAIGNS) -> int:
    """Run what is asked for; 0 if every figure was reached, 1 if not, 2 for a name there is no campaign of."""
    asked = parser().parse_args(arguments)
    try:
        picked = chosen(tuple(asked.names), campaigns)
    except UnknownCampaign as unknown:
        say(str(unknown))
        return 2
    outcomes = run_all(picked, say)
    if asked.json is not None:
        write_report(asked.json, outcomes)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    described = argparse.ArgumentParser(prog="python -m tests.campaign", description="Check the project's figures.")
    _ = described.add_argument("names", nargs="*", metavar="NAME", help="a campaign; all of them without a name")
    _ = described.add_argument("--json", type=Path, metavar="PATH", help="write the report there as well")
    return described


def say(line: str) -> None:
    """Print a line at once: someone is watching."""
    _ = sys.stdout.write(line + "\n")
    _ = sys.stdout.flush()


def write_report(path: Path, outcomes: tuple[Outcome, ...]) -> None:
    """Write what ran, where it ran, and what became of it."""
    report = {
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := version_of(name))},
        "campaigns": [outcome.record() for outcome in outcomes],
    }
    _ = path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def version_of(package: str) -> str | None:
    """Say which version is installed, if any."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
