"""Token exchange: a token for another one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import AuthError, ConfigError
from restkit.auth import TokenExchange
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import TOKEN_URL, Authority
from tests.client.worlds import World

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
KIND = "urn:ietf:params:oauth:token-type:"
SUBJECT = "subj3ct-c4n4ry"


def alone(authority: Authority, subject: Any = SUBJECT, **options: Any) -> TokenExchange:
    """A scheme that needs no client, in virtual time."""
    options = {"transport": httpx.MockTransport(authority), "clock": VirtualClock(), **options}
    return TokenExchange(TOKEN_URL, subject, **options)


def test_a_token_is_had_for_another(world: World, authority: Authority) -> None:
    """An access token, unless another kind is named."""
    auth = TokenExchange(TOKEN_URL, SUBJECT, audience="acme-api")
    world(world.mocked(authority, auth=auth).get("/items"))

    form = {
        "grant_type": GRANT,
        "subject_token": SUBJECT,
        "subject_token_type": f"{KIND}access_token",
        "audience": "acme-api",
    }
    assert ([form], ["Bearer token-1"]) == (authority.forms, authority.sent)


def test_an_actor_may_act_for_the_subject(authority: Authority) -> None:
    """With a token of its own; kinds are short words, or URIs."""
    scheme = alone(
        authority, subject_kind="jwt", actor_token="act0r", actor_kind="urn:acme:badge", requested_kind="jwt"
    )
    scheme.run(scheme.fetch(None))

    assert {
        "grant_type": GRANT,
        "subject_token": SUBJECT,
        "subject_token_type": f"{KIND}jwt",
        "actor_token": "act0r",
        "actor_token_type": "urn:acme:badge",
        "requested_token_type": f"{KIND}jwt",
    } == authority.forms[0]


def test_a_subjects_token_is_asked_for_each_time(authority: Authority) -> None:
    """It ends, too."""
    tokens = iter(["first", "second"])
    scheme = alone(authority, lambda: next(tokens))
    for _ in range(2):
        scheme.run(scheme.fetch(None))

    assert ["first", "second"] == [form["subject_token"] for form in authority.forms]


def test_the_client_may_show_who_it_is(authority: Authority) -> None:
    """In any of the usual ways."""
    scheme = alone(authority, client_id="acme", client_secret="s3cret", method="post")
    scheme.run(scheme.fetch(None))

    assert ("acme", "s3cret") == (authority.forms[0]["client_id"], authority.forms[0]["client_secret"])


def test_a_token_that_is_none_for_an_api_is_refused(authority: Authority) -> None:
    """Its kind is N_A (RFC 8693, section 2.2.1)."""
    authority.extra = {"token_type": "N_A"}
    scheme = alone(authority, requested_kind="id_token")
    with pytest.raises(AuthError, match="token_type"):
        scheme.run(scheme.fetch(None))


@pytest.mark.parametrize(
    ("options", "field"), [({"subject": ""}, "subject_token"), ({"actor_token": ""}, "actor_token")]
)
def test_tokens_must_be_given(authority: Authority, options: dict[str, Any], field: str) -> None:
    """Empty ones are none."""
    with pytest.raises(ConfigError) as caught:
        alone(authority, **options)

    assert field == caught.value.field
