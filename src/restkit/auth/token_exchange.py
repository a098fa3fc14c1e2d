"""Token exchange: a token for another one, on somebody's behalf (RFC 8693)."""

from __future__ import annotations

import httpx
from typing_extensions import Unpack, override

from restkit.credentials.secret import Value, ask, checked_value
from restkit.credentials.token import Token
from restkit.flow import Flow
from restkit.policies.checked import text
from restkit.tokens.grant import Grant
from restkit.tokens.options import GrantOptions
from restkit.tokens.signing_key import SigningKey
from restkit.tokens.wishes import Fields

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
KIND = "urn:ietf:params:oauth:token-type:"


class TokenExchange(Grant):
    """Tokens in exchange for a subject's token, and an actor's, if somebody acts for the subject.

    Parameters: `token_url`, or `issuer` in the options; `subject_token` and `actor_token`, text, an `EnvVar` or a
    function; their kinds and the one that is asked for, `access_token`, `id_token`, `jwt`, `refresh_token`, `saml1`,
    `saml2`, or a URI; `client_id` and `client_secret`, if the server wants them; the rest is `GrantOptions`. What it
    brings has to be sent to the API: a token that the server calls `N_A`, since it is none to do that with (section
    2.2.1), is an AuthError. Raises ConfigError.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        token_url: str | httpx.URL | None = None,
        subject_token: Value = "",
        *,
        subject_kind: str = "access_token",
        actor_token: Value | None = None,
        actor_kind: str = "access_token",
        requested_kind: str | None = None,
        client_id: str | None = None,
        client_secret: Value | SigningKey | None = None,
        **options: Unpack[GrantOptions],
    ) -> None:
        super().__init__(token_url, client_id, client_secret, **options)
        self._subject = checked_value("subject_token", subject_token)
        self._actor = None if actor_token is None else checked_value("actor_token", actor_token)
        self._subject_kind, self._actor_kind = kind("subject_kind", subject_kind), kind("actor_kind", actor_kind)
        wanted = [] if requested_kind is None else [kind("requested_kind", requested_kind)]
        self._wanted: Fields = [("requested_token_type", each) for each in wanted]

    @override
    def fetch(self, old: Token | None) -> Flow[Token]:
        fields = [
            ("subject_token", (yield from ask("subject_token", self._subject))),
            ("subject_token_type", self._subject_kind),
        ]
        if self._actor is not None:
            fields.append(("actor_token", (yield from ask("actor_token", self._actor))))
            fields.append(("actor_token_type", self._actor_kind))
        return (yield from self.ask_token(GRANT, [*fields, *self._wanted, *self.wishes.fields], repeats=True))


def kind(name: str, given: object) -> str:
    """The URI of a kind of token (section 3). Raises ConfigError."""
    made = text(name, given)
    return made if ":" in made else KIND + made
