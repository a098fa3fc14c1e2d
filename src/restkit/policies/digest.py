"""Digest: what shows that somebody knows a password, without the password (RFC 7616)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal, TypeAlias
from urllib.parse import quote

from attrs import field, frozen

from restkit.policies.challenge import Challenge, challenges

Qop: TypeAlias = Literal["auth", "auth-int"]
"""What is protected: the method and the target, or the body as well."""
STRENGTH = {"md5": "md5", "sha-256": "sha256", "sha-512-256": "sha512_256", "sha-512": "sha512"}
"""The algorithms, the strongest last, and what Python calls them; some servers have the last one, which no RFC has."""
SESSION = "-sess"


@frozen(kw_only=True)
class Demand:
    """What a server demands to see."""

    realm: str
    nonce: str = field(repr=False)
    algorithm: str | None = None
    """As the server has written it; None for MD5, of which it has not spoken."""
    qop: Qop | None = None
    """None for a server of old (RFC 2069)."""
    opaque: str | None = field(default=None, repr=False)
    is_stale: bool = False
    """Whether nothing was wrong but the nonce, which was too old."""
    hashes_user: bool = False
    is_utf8: bool = False

    @property
    def name(self) -> str:
        """The algorithm in lower case, without `-sess`."""
        return (self.algorithm or "md5").lower().removesuffix(SESSION)

    def hash(self, *parts: str | bytes) -> str:
        """The digest of parts with colons between them."""
        content = b":".join(each if isinstance(each, bytes) else each.encode() for each in parts)
        return hashlib.new(STRENGTH[self.name], content, usedforsecurity=False).hexdigest()


@frozen(kw_only=True)
class Asked:
    """A request that is to be let in."""

    method: str
    target: str
    """Path and query, as they are sent."""
    body: bytes = b""
    count: int = 1
    """How many requests have been sent with the nonce, this one among them."""
    cnonce: str = field(default="", repr=False)
    """What the client has made up, once for each nonce."""


def demand_of(lines: Iterable[str]) -> Demand | None:
    """The strongest demand of an answer's WWW-Authenticate lines; None if there is none that can be met."""
    found = [demand for each in challenges(lines) if (demand := demand_in(each)) is not None]
    names = list(STRENGTH)
    return max(found, key=lambda each: names.index(each.name), default=None)


def demand_in(challenge: Challenge) -> Demand | None:
    """The demand of a challenge, if it is one of Digest, with an algorithm and a protection that are known."""
    said = challenge.parameters
    offered = [each.strip().lower() for each in said.get("qop", "").split(",")]
    qop: Qop | None = "auth" if "auth" in offered else "auth-int" if "auth-int" in offered else None
    if challenge.scheme != "digest" or "nonce" not in said or (qop is None and "qop" in said):
        return None
    made = Demand(
        realm=said.get("realm", ""),
        nonce=said["nonce"],
        algorithm=said.get("algorithm"),
        qop=qop,
        opaque=said.get("opaque"),
        is_stale=said.get("stale", "").lower() == "true",
        hashes_user=said.get("userhash", "").lower() == "true",
        is_utf8=said.get("charset", "").lower() == "utf-8",
    )
    return made if STRENGTH.get(made.name) in hashlib.algorithms_available else None


def authorization(demand: Demand, user: str, password: str, asked: Asked) -> str:
    """What the Authorization header says (RFC 7616, section 3.4)."""
    said = [
        named_user(demand, user),
        f"realm={quoted(demand.realm)}",
        f"uri={quoted(asked.target)}",
        f"nonce={quoted(demand.nonce)}",
        f'response="{proof(demand, user, password, asked)}"',
    ]
    said += [f"algorithm={demand.algorithm}"] if demand.algorithm is not None else []
    if demand.qop is not None:
        said += [f"qop={demand.qop}", f"nc={asked.count:08x}", f"cnonce={quoted(asked.cnonce)}"]
    said += [f"opaque={quoted(demand.opaque)}"] if demand.opaque is not None else []
    said += ["userhash=true"] if demand.hashes_user else []
    return "Digest " + ", ".join(said)


def proof(demand: Demand, user: str, password: str, asked: Asked) -> str:
    """The digest over all of it (sections 3.4.1 to 3.4.3)."""
    secret = demand.hash(user, demand.realm, password)
    if (demand.algorithm or "").lower().endswith(SESSION):
        secret = demand.hash(secret, demand.nonce, asked.cnonce)
    parts = [asked.method, asked.target]
    if demand.qop == "auth-int":
        parts.append(demand.hash(asked.body))
    told = demand.hash(*parts)
    if demand.qop is None:
        return demand.hash(secret, demand.nonce, told)
    return demand.hash(secret, demand.nonce, f"{asked.count:08x}", asked.cnonce, demand.qop, told)


def named_user(demand: Demand, user: str) -> str:
    """The user, as the server wants them: hashed, as RFC 8187 writes other scripts, or plain."""
    if demand.hashes_user:
        return f'username="{demand.hash(user, demand.realm)}"'
    if demand.is_utf8 and not user.isascii():
        return f"username*=UTF-8''{quote(user, safe='')}"
    return f"username={quoted(user)}"


def quoted(text: str) -> str:
    """A text in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
