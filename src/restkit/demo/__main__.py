"""`python -m restkit.demo`: the status is 0 if each call is as it must be, else 1, and those that are not are named."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial

from restkit.demo.api import Api
from restkit.demo.call import Call
from restkit.demo.data import Data
from restkit.demo.door import Door
from restkit.demo.result import Result
from restkit.demo.screen import Screen, best_screen
from restkit.demo.script import SCRIPT
from restkit.demo.trial import Trial
from restkit.demo.worlds import block, wait

Make = Callable[[Trial, Sequence[Call]], None]
"""Makes the calls in its world."""


def guarded() -> Api:
    """An API that lets in who has a token."""
    return Api(door=Door())


def main(argv: Sequence[str] | None = None, api: Callable[[], Api] = guarded) -> int:
    """Show each call in each world, against an API of its own. Answers the exit status."""
    asked = arguments(argv)
    worlds: dict[str, Make] = {
        "blocking": block,
        "awaiting": partial(wait, backend="trio" if asked.trio else "asyncio"),
    }
    screen: Screen = Data() if asked.json else best_screen()
    results: list[Result] = []
    for world, make in worlds.items():
        if asked.world in {world, "both"}:
            results += shown(world, make, screen, api)
    screen.end(results)
    return complain(results)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m restkit.demo", description="restkit's SDK of a lending library.")
    _ = parser.add_argument(
        "--world", choices=("blocking", "awaiting", "both"), default="both", help="the world to show"
    )
    _ = parser.add_argument("--trio", action="store_true", help="await on trio instead of asyncio")
    _ = parser.add_argument("--json", action="store_true", help="print each call as data, and nothing else")
    return parser.parse_args(argv)


def shown(world: str, make: Make, screen: Screen, api: Callable[[], Api]) -> list[Result]:
    """What comes of the script in one world, each result shown as it comes."""
    results: list[Result] = []

    def report(result: Result) -> None:
        results.append(result)
        screen.show(result)

    with api() as served, screen.world(world):
        make(Trial(world, served, report), SCRIPT)
    return results


def complain(results: Sequence[Result]) -> int:
    """Name what is not as it must be, on standard error. Answers the exit status."""
    for result in results:
        for wrong in result.wrongs:
            print(f"{result.world}, {result.call.name}: {wrong}", file=sys.stderr)
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
