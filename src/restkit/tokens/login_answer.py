"""What a login brings: where the token is in its answer, and how long it lives."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from attrs import frozen

from restkit.credentials.token import Token
from restkit.tokens.answer import LONGEST_LIFE, fail, lifetime, text
from restkit.tokens.spot import Answer, Spot

HOUR = 3600.0


@frozen(kw_only=True)
class LoginAnswer:
    """Where things lie in the answer to a login."""

    token: Spot
    refresh_token: Spot | None = None
    lifetime: Spot | None = None
    """Seconds that it lives."""
    expires_at: Spot | None = None
    """Or the moment of its end: seconds since 1970, or a date as ISO 8601 has it, in UTC unless it says otherwise."""
    lives: float = HOUR
    """Seconds that it lives if nobody says."""

    def read(self, answer: Answer, old: Token | None, extra: Mapping[str, str]) -> Token:
        """The token of an answer; one that brings no refresh token leaves the old one good. Raises AuthError."""
        seconds = self._seconds(answer)
        return Token(
            value=self._text(answer, self.token),
            expires_at=answer.wall + seconds,
            lifetime=seconds,
            refresh_token=self._refresh_token(answer, old),
            extra=extra,
        )

    def _text(self, answer: Answer, spot: Spot) -> str:
        return text(answer.response, {str(spot): answer.at(spot)}, str(spot))

    def _refresh_token(self, answer: Answer, old: Token | None) -> str | None:
        if self.refresh_token is None or answer.at(self.refresh_token) is None:
            return None if old is None else old.refresh_token
        return self._text(answer, self.refresh_token)

    def _seconds(self, answer: Answer) -> float:
        """How long the token lives: as the answer says, or the cookie that it is."""
        said = lifetime(answer.response, answer.at(self.lifetime), str(self.lifetime))
        moment = self._moment(answer)
        if said is None and moment is not None:
            said = moment - answer.wall
        return self.lives if said is None or said <= 0 else min(said, LONGEST_LIFE)

    def _moment(self, answer: Answer) -> float | None:
        """When the token ends, if the answer says so."""
        said = answer.at(self.expires_at)
        if said is not None:
            return moment(answer, said, str(self.expires_at))
        cookie = answer.cookies.get(self.token.name) if self.token.kind == "cookie" else None
        return None if cookie is None else cookie.expires


def moment(answer: Answer, said: object, name: str) -> float:
    """A moment in seconds since 1970. Raises AuthError for what is none."""
    try:
        seconds = float(said) if isinstance(said, int | float) else written(str(said))
    except (ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds):
        fail(answer.response, f"says in {name} what is no moment")
    return seconds


def written(text: str) -> float:
    """A moment as a number or a date. Raises ValueError."""
    return float(text) if text.isdecimal() else utc(dt.datetime.fromisoformat(text)).timestamp()


def utc(moment: dt.datetime) -> dt.datetime:
    """A moment that says its zone."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
