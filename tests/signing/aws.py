"""AWS Signature Version 4 from the other side: its vectors, and what a service does with a request it has received."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

import httpx
from attrs import frozen

from tests.loopback import Received

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a/session+token=="
MOMENT = 1_440_938_160.0
"""2015-08-30, 12:36, as the vectors have it."""


@frozen
class Case:
    """One of AWS's vectors."""

    name: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    canonical: str
    to_sign: str
    authorization: str

    @property
    def token(self) -> str | None:
        """The session token that is signed."""
        lines = [line.partition(":") for line in self.canonical.splitlines()]
        return next((value for name, _, value in lines if name == "x-amz-security-token"), None)

    @property
    def request(self) -> httpx.Request:
        """The request, with no other headers than it has."""
        url = httpx.URL("https://example.amazonaws.com")
        extensions = {"target": self.target.encode()}
        made = httpx.Request(self.method, url, headers=self.headers, content=self.body, extensions=extensions)
        _ = made.headers.pop("content-length", None)
        return made


def cases(botocore: Path) -> list[Case]:
    """All of them."""
    found = sorted((botocore / "tests" / "unit" / "auth" / "aws4_testsuite").rglob("*.req"))
    return [case(each) for each in found]


def case(path: Path) -> Case:
    """Read a vector from its files."""
    head, _, body = text(path).partition("\n\n")
    first, *lines = head.strip("\n").replace("\n ", "\0 ").split("\n")  # a line that begins with a space goes on
    headers = [line.replace("\0", "\r\n").partition(":")[::2] for line in lines]
    method, target = first.removesuffix(" HTTP/1.1").split(" ", 1)
    canonical, to_sign, authorization = (text(path.with_suffix(kind)) for kind in (".creq", ".sts", ".authz"))
    return Case(path.stem, method, target, headers, body.encode(), canonical, to_sign, authorization)


def text(path: Path) -> str:
    """What a file of the vectors holds."""
    return path.read_text("utf-8").replace("\r", "").rstrip("\n") if path.suffix != ".req" else path.read_text("utf-8")


def expected(received: Received, secret: str, service: str) -> str:
    """The signature that a service expects of a request: from what it means, not from how it was written."""
    path, _, query = received.target.partition("?")
    said = dict(parse_qsl(query)) if "X-Amz-Signature" in query else None
    names = said["X-Amz-SignedHeaders"] if said else part(received, "SignedHeaders")
    scope = (said["X-Amz-Credential"] if said else part(received, "Credential")).split("/", 1)[1]
    date = said["X-Amz-Date"] if said else received.headers["x-amz-date"]
    canonical = "\n".join(
        (
            received.method,
            meant(path) if service == "s3" else quote(meant(path)),
            ordered(query),
            "".join(f"{name}:{received.headers[name]}\n" for name in names.split(";")),
            names,
            body_hash(received, is_presigned=said is not None and service == "s3"),
        )
    )
    key = f"AWS4{secret}".encode()
    for each in scope.split("/"):
        key = hmac.new(key, each.encode(), "sha256").digest()
    to_sign = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(key, to_sign.encode(), "sha256").hexdigest()


def meant(path: str) -> str:
    """A path, escaped once: what its segments stand for."""
    return "/".join(quote(unquote(each), safe="") for each in path.split("/"))


def ordered(query: str) -> str:
    """A query as it is signed: without its signature."""
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "X-Amz-Signature"]
    written = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in written)


def body_hash(received: Received, *, is_presigned: bool) -> str:
    """What stands for the body."""
    told = "UNSIGNED-PAYLOAD" if is_presigned else received.headers.get("x-amz-content-sha256")
    return told or hashlib.sha256(received.body).hexdigest()


def part(received: Received, name: str) -> str:
    """A part of an Authorization header."""
    return received.headers["authorization"].partition(f"{name}=")[2].partition(",")[0]


def claimed(received: Received) -> str:
    """The signature that a request has."""
    query = dict(parse_qsl(received.target.partition("?")[2]))
    return query.get("X-Amz-Signature") or part(received, "Signature")
