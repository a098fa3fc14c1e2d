"""The README and the pages keep up with the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import restkit
import restkit.auth
import restkit.stores
from restkit.demo.script import SCRIPT
from restkit.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path for path in ROOT.glob("docs/**/*.md") if "_build" not in path.parts)
SDK = re.compile(r"<!-- the SDK, counted by a test -->\n\n```python\n(?P<source>.*?)\n```\n", re.DOTALL)
BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
COMMANDS = """\
```console
$ python3 -m venv .venv && .venv/bin/pip install nox && .venv/bin/nox -s demo
$ .venv/bin/nox -s tests
```"""
LINK = re.compile(r"\]\((?P<target>[^)#:]+)(?:#[^)]*)?\)")
ROW = re.compile(r"^\| `(?P<name>\w+)` \| (?P<default>[^|]*) \|", re.MULTILINE)
DIRECTIVE = re.compile(r"^\.\. (?:auto\w+|py:\w+):: (?:restkit\.(?:auth|stores)\.)?(?P<name>\w+)", re.MULTILINE)
RECORDED = re.compile(r"^ ✓   (?:(?:for each in|with) )?(?P<code>\S.*?)(?:…|   )", re.MULTILINE)


def test_the_two_commands_stand_first() -> None:
    """Before any other code: the demonstration, and the whole suite."""
    first = BLOCK.search(README)

    assert first is not None
    assert COMMANDS == first[0]


def test_the_sdk_has_at_most_forty_lines() -> None:
    """Empty ones included: three resources, one of them below another, an operation, and one of several steps."""
    found = SDK.search(README)

    assert found is not None
    assert len(found["source"].splitlines()) <= 40


@pytest.mark.parametrize(
    "part", ["posts: Posts[M]", "-> Op[User]", "-> Flow[int]", "yield from", "AsyncAcme = Acme[Async]"]
)
def test_the_sdk_has_what_it_is_to_show(part: str) -> None:
    """A sub-resource, a custom operation, a multi-step one, and both worlds."""
    found = SDK.search(README)

    assert found is not None
    assert part in found["source"]


def test_the_sdk_has_three_resources() -> None:
    """And one client."""
    assert (3, 1) == (README.count("(Resource["), README.count("(Client[M]"))


def links() -> Iterator[tuple[Path, str]]:
    """Each link to a file of the project, and where it stands."""
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *PAGES):
        for found in LINK.finditer(BLOCK.sub("", page.read_text(encoding="utf-8"))):
            yield page, found["target"]


def test_each_link_leads_somewhere() -> None:
    """To a file that is there."""
    assert [] == [(page.name, target) for page, target in links() if not (page.parent / target).exists()]


def test_nobody_is_told_to_install_another_project() -> None:
    """The distribution is restkit-httpx: `restkit` is somebody else's."""
    said = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *PAGES))

    assert [] == re.findall(r"(?:pip|uv|pipx|add|install) (?:\S+ )*restkit(?![-\w.])", said)


def test_each_setting_is_in_the_table() -> None:
    """In the order of `Settings`, none too many."""
    table = (ROOT / "docs" / "howto" / "configure.md").read_text(encoding="utf-8").partition("## All settings")[2]
    rows = [found["name"] for found in ROW.finditer(table)]

    assert [each.name for each in attrs.fields(Settings)] == rows


def test_each_default_is_in_the_table() -> None:
    """As it is in the code."""
    table = (ROOT / "docs" / "howto" / "configure.md").read_text(encoding="utf-8").partition("## All settings")[2]
    said = {found["name"]: found["default"] for found in ROW.finditer(table)}
    made = Settings()
    timeout, limits = made.timeout, made.limits

    assert {
        "verify": f"`{made.verify}`",
        "limits": f"{limits.max_connections} connections, {limits.max_keepalive_connections} kept",
        "timeout": (
            f"connect {timeout.connect:g}, read {timeout.read:g}, write {timeout.write:g}, pool {timeout.pool:g}"
        ),
        "max_response_bytes": f"{made.max_response_bytes // 2**20} MiB" if made.max_response_bytes else "none",
        "deadline": f"{made.deadline:g}",
        "query_style": f"lists {made.query_style.lists}, objects {made.query_style.objects}",
        "user_agent": f"`{made.user_agent}`",
        "default_encoding": f"`{made.default_encoding}`",
        "codec": f"`{type(made.codec).__name__}()`",
        "retry": f"`{made.retry}`",
        "bulkhead": f"{made.bulkhead}",
        "cost": f"{made.cost:g}",
        "clock": "real time",
        "transport": "a `WireTransport`",
        **{
            each.name: "`False`" if getattr(made, each.name) is False else "none"
            for each in attrs.fields(Settings)
            if not getattr(made, each.name) and each.name != "transport"
        },
    } == said


def test_each_public_name_is_in_the_reference() -> None:
    """Once, whatever its page."""
    named = [
        found["name"]
        for page in PAGES
        if page.parent.name == "reference" and page.name != "testing.md"
        for found in DIRECTIVE.finditer(page.read_text(encoding="utf-8"))
    ]

    public = {*restkit.__all__, *restkit.auth.__all__, *restkit.stores.__all__}

    assert ([], []) == (
        sorted(public - set(named)),
        sorted(name for name in public if named.count(name) > 1),
    )


def test_the_recorded_demo_is_the_demo() -> None:
    """Its calls are those of the script, in their order."""
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    blocking = page.partition("restkit, blocking")[2].partition("restkit, awaiting")[0]
    recorded = [found["code"] for found in RECORDED.finditer(blocking)]

    assert [call.code[: len(code)] for call, code in zip(SCRIPT, recorded, strict=True)] == recorded
