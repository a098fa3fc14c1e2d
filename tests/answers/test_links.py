"""The Link header (RFC 8288), and parameters of headers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.links import LONGEST, MOST, links_of
from restkit.parameters import parameter, parameters

BASE = httpx.URL("https://api.test/a/b?page=1")
HEADERS: list[Any] = [
    ("", {}),
    ('<https://api.test/x>; rel="next"', {"next": "https://api.test/x"}),
    ("<x>;rel=next,<y>;rel=prev", {"next": "https://api.test/a/x", "prev": "https://api.test/a/y"}),
    ('<?page=2>; rel="next last"', {"next": "https://api.test/a/b?page=2", "last": "https://api.test/a/b?page=2"}),
    ("<x?a=1,2;b=3>; REL=Next", {"next": "https://api.test/a/x?a=1,2;b=3"}),
    ('<x>; title="a, <y>; rel=evil"; rel=next', {"next": "https://api.test/a/x"}),
    ("<x>; rel=next, <y>; rel=next", {"next": "https://api.test/a/x"}),
    ("<x>; rel=next; rel=prev", {"next": "https://api.test/a/x"}),
    ("<x>", {}),
    ("<x>; rel", {}),
    ('<x>; rel=""', {}),
    ("x; rel=next", {}),
    ("<x; rel=next", {}),
    ("<http://a:b/>; rel=up, <y>; rel=prev", {"prev": "https://api.test/a/y"}),
    ("<x>; rel=next, <" + "y" * LONGEST + ">; rel=prev", {"next": "https://api.test/a/x"}),
    (", ".join(f"<{n}>; rel=r{n}" for n in range(1000)), {f"r{n}": f"https://api.test/a/{n}" for n in range(MOST)}),
]


@pytest.mark.parametrize(("header", "links"), HEADERS)
def test_links_are_found(header: str, links: dict[str, str]) -> None:
    """By relation, as absolute URLs; what is none is passed over."""
    assert links == links_of(header, BASE)


@given(st.text(alphabet=st.sampled_from('<>;,="\\ relnxt/:[]%#?@\x00é'), max_size=60) | st.text())
def test_any_header_has_links_or_none(header: str) -> None:
    """Nothing raises."""
    assert {} == {name: target for name, target in links_of(header, BASE).items() if not name or not target}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text()))
def test_quoted_parameters_come_back(given_: dict[str, str]) -> None:
    """Whatever stands in them."""
    escaped = {name: value.replace("\\", r"\\").replace('"', r"\"") for name, value in given_.items()}

    text = "x" + "".join(f'; {name}="{value}"' for name, value in escaped.items())

    assert given_ == dict(parameters(text))


def test_a_parameter_that_is_not_there_is_none() -> None:
    """Where another has its name in its value."""
    assert (None, "c") == (parameter('x; a="; b=1"', "b"), parameter("x; a=b; A=c"[4:], "a"))
