"""What a retry policy can be told, and all that it refuses."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import tenacity
import tenacity.asyncio

from restkit import (
    Client,
    ConfigError,
    ExponentialWait,
    FixedWait,
    InputError,
    Retry,
    RetryBudget,
    RetryPolicy,
    Settings,
    Tried,
)
from restkit.policies.retry import retry_policy


class Own:
    """A strategy of the user's own."""

    def should_retry(self, _: Tried) -> bool:
        """Always."""
        return True

    def get_delay(self, tried: Tried) -> float:
        """Longer each time."""
        return float(tried.number)


async def asynchronous(_: object) -> bool:
    """A function that must be awaited."""
    return True


class Awaited:
    """What must be awaited, in every form."""

    async def __call__(self, _: object) -> float:
        """Called."""
        return 1.0

    async def seconds(self, _: object, __: object) -> float:
        """As a wait."""
        return 1.0


class OwnAwaited(Own):
    """A strategy of which one half must be awaited."""

    async def should_retry(self, _: Tried) -> bool:  # type: ignore[override] # that is what is wrong with it
        """Perhaps."""
        return False


class OwnAwaitedDelay(Own):
    """One of which the other half must be."""

    async def get_delay(self, _: Tried) -> float:  # type: ignore[override] # likewise
        """Later."""
        return 1.0


AWAITED = tenacity.asyncio.retry_if_exception(asynchronous)
WRONG: list[tuple[dict[str, Any], str]] = [
    *(({"attempts": value}, "attempts") for value in (0, -1, 101, 10**9, float("nan"), 1.0, "3", True, None)),
    *(({"wait": value}, "wait") for value in (-1, float("nan"), float("inf"), "1", True, None)),
    ({"throttle_wait": -1}, "throttle_wait"),
    *(({"max_retry_after": value}, "max_retry_after") for value in (-1, float("inf"), "60", None)),
    ({"min_attempt": -0.1}, "min_attempt"),
    *(({"statuses": value}, "statuses") for value in (503, "503", [200], [600], ["503"], None)),
    *(({"methods": value}, "methods") for value in ("GET", ["get"], [7], 7)),
    *(({name: 7}, name) for name in ("stop", "retry", "before_sleep", "strategy", "on_retry", "budget")),
    *(({name: asynchronous}, name) for name in ("stop", "retry", "before_sleep", "wait", "on_retry")),
    ({"retry": tenacity.asyncio.retry_if_exception(lambda _: True)}, "retry"),
    *(({name: tenacity.stop_after_attempt}, name) for name in ("stop", "wait", "retry", "before_sleep")),
    *(({name: tenacity.wait_fixed(1)}, name) for name in ("stop", "retry", "before_sleep")),
    *(({name: tenacity.stop_after_attempt(3)}, name) for name in ("wait", "throttle_wait", "retry")),
    *(({"wait": value}, "wait") for value in (FixedWait, tenacity.retry_always)),
    ({"strategy": Own}, "strategy"),
    *(({"strategy": Own(), name: given}, name) for name, given in (("retry", tenacity.retry_never), ("wait", 2))),
    *(({"strategy": each()}, "strategy") for each in (OwnAwaited, OwnAwaitedDelay)),
    *(({"retry": make(asynchronous)}, "retry") for make in (tenacity.retry_if_exception, tenacity.retry_if_result)),
    *(({"retry": make(tenacity.retry_never, AWAITED)}, "retry") for make in (tenacity.retry_any, tenacity.retry_all)),
    *(({name: Awaited()}, name) for name in ("wait", "throttle_wait", "before_sleep", "on_retry")),
    *(({name: 1}, name) for name in ("adaptive", "obey_should_retry", "long_poll")),
]


@pytest.mark.parametrize(("given", "field"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_policy_is_refused(given: dict[str, Any], field: str) -> None:
    """When it is made, with the field, the reason and a remedy."""
    with pytest.raises(ConfigError) as caught:
        RetryPolicy(**given)

    assert (field, True, True) == (caught.value.field, bool(caught.value.reason), bool(caught.value.remedy))


@pytest.mark.parametrize("given", [{"capacity": -1}, {"transient": 1.5}, {"throttle": True}])
def test_a_wrong_budget_is_refused(given: dict[str, Any]) -> None:
    """Likewise."""
    with pytest.raises(ConfigError) as caught:
        RetryBudget(**given)

    assert [caught.value.field] == list(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, RetryPolicy()),
        (False, None),
        (None, None),
        (5, RetryPolicy(attempts=5)),
        (RetryPolicy(wait=1), RetryPolicy(wait=1)),
    ],
)
def test_how_a_policy_may_be_written(given: Any, expected: RetryPolicy | None) -> None:
    """As itself, as a number of attempts, or as yes or no."""
    assert expected == retry_policy("retry", given)


@pytest.mark.parametrize("given", [Own, RetryPolicy])
def test_a_class_is_no_policy(given: Any) -> None:
    """It is what it makes that can be asked."""
    with pytest.raises(ConfigError, match=rf"retry is the class \w+; pass what it makes: {given.__name__}\(\.\.\.\)"):
        Client(base_url="https://api.test", retry=given)


def test_a_strategy_of_ones_own_is_a_policy() -> None:
    """With all else as usual."""
    strategy = Own()

    assert RetryPolicy(strategy=strategy) == retry_policy("retry", strategy)


@pytest.mark.parametrize("given", [0, 101, "often", 2.5])
def test_a_wrong_setting_is_refused(given: Any) -> None:
    """Of a client, a layer, and a call, each by the setting's name."""
    said = []
    for act in (
        lambda: Client(retry=given),
        lambda: Retry(given),
        lambda: Client(base_url="http://api.test").get("/", retry=given),
    ):
        with pytest.raises((ConfigError, InputError)) as caught:
            act()
        said.append((type(caught.value), caught.value.field))

    assert [(ConfigError, "retry"), (ConfigError, "retry"), (InputError, "retry")] == said


def test_a_policy_has_defaults() -> None:
    """Those of the documentation."""
    made = RetryPolicy()

    assert (3, ExponentialWait(0.5, 20), ExponentialWait(1.0, 20), 60.0, RetryBudget(500, 14, 5)) == (
        made.attempts,
        made.wait,
        made.throttle_wait,
        made.max_retry_after,
        made.budget,
    )
    assert {408, 421, 425, 429, 500, 502, 503, 504} == made.statuses
    assert {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"} == made.methods


def test_a_wait_of_ones_own_goes_for_throttling_too() -> None:
    """Unless that has another one."""
    assert (FixedWait(2), FixedWait(9)) == (
        RetryPolicy(wait=2).throttle_wait,
        RetryPolicy(wait=2, throttle_wait=9).throttle_wait,
    )


def test_who_says_when_to_stop_is_not_stopped_after_three_attempts() -> None:
    """But by a number of attempts, if that is given as well."""
    stop = tenacity.stop_after_delay(9)

    assert (100, 4) == (RetryPolicy(stop=stop).attempts, RetryPolicy(stop=stop, attempts=4).attempts)


def test_settings_show_a_policy() -> None:
    """And nothing, if it is as usual."""
    assert ("Settings()", "Settings(retry=False)") == (repr(Settings()), repr(Settings(retry=False)))


def test_tenacity_is_not_imported_for_our_own_waits() -> None:
    """Nor is anything else that only a failure needs."""
    code = (
        "import sys, httpx, restkit\n"
        "answers = [503, 200]\n"
        "reply = lambda _: httpx.Response(answers.pop(0))\n"
        "policy = restkit.RetryPolicy(wait=0)\n"
        "transport = httpx.MockTransport(reply)\n"
        "client = restkit.Client(base_url='http://api.test', transport=transport, retry=policy)\n"
        "answers.insert(0, 200)\n"
        "client.get('/')\n"
        "before = {'tenacity', 'restkit.policies.decision'} & set(sys.modules)\n"
        "client.get('/')\n"
        "print(before, {'tenacity', 'restkit.policies.decision'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours

    assert "set() {'restkit.policies.decision'}\n" == done.stdout
