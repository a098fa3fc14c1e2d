"""What token a server demands, and from whom: challenges of container registries and their like.

The form is that of the registries' own specification of token authentication; RFC 6750 has the scheme and the errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from restkit.policies.challenge import Challenge, challenges

READING = frozenset({"GET", "HEAD"})
_REPOSITORY = re.compile(r"/v2/(.+)/(?:manifests|blobs|tags|referrers)(?:/|$)")
_LONGEST = 2048


@frozen
class TokenDemand:
    """A token of this service, with these scopes, from this realm."""

    realm: str
    """The URL that gives it."""
    service: str | None = None
    scopes: tuple[str, ...] = ()


def demand_of(lines: Iterable[str]) -> TokenDemand | None:
    """The demand of an answer's WWW-Authenticate lines: the first one's, with the scopes of all that are alike."""
    found = [each for each in challenges(lines) if each.scheme == "bearer" and "realm" in each.parameters]
    if not found or len(found[0].parameters["realm"]) > _LONGEST:
        return None
    realm, service = whose(found[0])
    scopes = [scope for each in found if whose(each) == (realm, service) for scope in scopes_of(each)]
    return TokenDemand(realm, service, tuple(dict.fromkeys(scopes)))


def error_of(lines: Iterable[str]) -> str | None:
    """Why a token was refused (RFC 6750, section 3.1), if that is said."""
    return next((each.parameters["error"] for each in challenges(lines) if "error" in each.parameters), None)


def whose(challenge: Challenge) -> tuple[str, str | None]:
    """Who gives the token, and for whom."""
    return challenge.parameters["realm"], challenge.parameters.get("service")


def scopes_of(challenge: Challenge) -> list[str]:
    """What it has to allow."""
    return challenge.parameters.get("scope", "").split()


def space_of(method: str, path: str) -> tuple[str, bool]:
    """What has one demand: a repository, or else a path; and whether it is read or written."""
    found = _REPOSITORY.match(path)
    return found[1] if found else path, method in READING
