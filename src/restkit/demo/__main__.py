"""`python -m restkit.demo`: the status is 0 if each call is as it must be, else 1, and those that are not are named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from restkit.demo.api import Api
from restkit.demo.data import Data
from restkit.demo.result import Result
from restkit.demo.screen import Screen, best_screen
from restkit.demo.script import SCRIPT
from restkit.demo.trial import Trial
from restkit.demo.worlds import block, wait

WORLDS: Mapping[str, Sequence[str]] = {
    "both": ("blocking", "awaiting"),
    "blocking": ("blocking",),
    "awaiting": ("awaiting",),
}


def main(argv: Sequence[str] | None = None, api: Callable[[], Api] = Api) -> int:
    """Show each call in each world, against an API of its own. Answers the exit status."""
    asked = arguments(argv)
    screen = Data() if asked.json else best_screen()
    backend = "trio" if asked.trio else "asyncio"
    results = [result for world in WORLDS[asked.world] for result in results_of(world, screen, api, backend)]
    screen.end(results)
    for result in results:
        for wrong in result.wrongs:
            print(f"{result.world}, {result.call.name}: {wrong}", file=sys.stderr)
    return 0 if all(result.ok for result in results) else 1


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m restkit.demo", description="restkit's SDK of a lending library.")
    _ = parser.add_argument("--world", choices=WORLDS, default="both", help="the world to show")
    _ = parser.add_argument("--trio", action="store_true", help="await on trio instead of asyncio")
    _ = parser.add_argument("--json", action="store_true", help="print each call as data, and nothing else")
    return parser.parse_args(argv)


def results_of(world: str, screen: Screen, api: Callable[[], Api], backend: str) -> list[Result]:
    """What comes of the script in one world."""
    results: list[Result] = []

    def report(result: Result) -> None:
        results.append(result)
        screen.show(result)

    with api() as served, screen.world(world):
        if world == "blocking":
            block(Trial(world, "", served, report), SCRIPT)
        else:
            wait(Trial(world, "await", served, report), SCRIPT, backend)
    return results


if __name__ == "__main__":
    sys.exit(main())
