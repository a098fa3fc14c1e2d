"""RFC 9421 from the other side: its vectors, and a server that verifies what it has received, on its own."""

from __future__ import annotations

import ast
import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.loopback import Received

SECRET = b"a secret of the test's own"
MOMENT = 1_618_884_473.0
"""What the vectors have."""
PSS = padding.PSS(padding.MGF1(hashes.SHA512()), 64)


def published(rfc9421: Path) -> dict[str, bytes]:
    """The signatures that the RFC prints, by their labels."""
    tree = ast.parse((rfc9421 / "test" / "test.py").read_text("utf-8"))
    texts = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    found = [re.fullmatch(r"(sig-b2[1-7])=:([^:]+):", text) for text in texts]
    return {each[1]: base64.b64decode(each[2]) for each in reversed(found) if each}


def private_keys() -> dict[str, Any]:
    """A key for each algorithm."""
    return {
        "hmac-sha256": SECRET,
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "ecdsa-p256-sha256": ec.generate_private_key(ec.SECP256R1()),
        "ecdsa-p384-sha384": ec.generate_private_key(ec.SECP384R1()),
        "rsa-pss-sha512": rsa.generate_private_key(65_537, 2048),
        "rsa-v1_5-sha256": rsa.generate_private_key(65_537, 2048),
    }


def pem(key: Any) -> str:
    """A private key as text."""
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "ascii")


def of_two_numbers(signature: bytes) -> bytes:
    """A signature by a curve, as `cryptography` reads it."""
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


def by_secret(key: bytes, signature: bytes, text: bytes) -> None:
    """Verify by a secret."""
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(text)
    made.verify(signature)


VERIFY: dict[str, Callable[[Any, bytes, bytes], None]] = {
    "hmac-sha256": by_secret,
    "ed25519": lambda key, signature, text: key.verify(signature, text),
    "ecdsa-p256-sha256": lambda key, signature, text: key.verify(
        of_two_numbers(signature), text, ec.ECDSA(hashes.SHA256())
    ),
    "ecdsa-p384-sha384": lambda key, signature, text: key.verify(
        of_two_numbers(signature), text, ec.ECDSA(hashes.SHA384())
    ),
    "rsa-pss-sha512": lambda key, signature, text: key.verify(signature, text, PSS, hashes.SHA512()),
    "rsa-v1_5-sha256": lambda key, signature, text: key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256()),
}


def verify(received: Received, algorithm: str, key: Any, scheme: str = "http") -> dict[str, str]:
    """Verify the signature of a request, and give its parameters; raise for one that is wrong."""
    label, _, told = received.headers["signature-input"].partition("=")
    signature = base64.b64decode(received.headers["signature"].removeprefix(f"{label}=:").removesuffix(":"))
    names, _, parameters = told.removeprefix("(").partition(")")
    lines = [
        f"{each[0]}: {value(received, each[1], each[2], scheme)}" for each in re.finditer(r'"([^"]+)"(\S*)', names)
    ]
    text = "\n".join([*lines, f'"@signature-params": {told}']).encode("ascii")
    VERIFY[algorithm](getattr(key, "public_key", lambda: key)(), signature, text)
    return {each[1]: each[2] for each in re.finditer(r';([a-z]+)="?([^";]+)"?', parameters)}


def is_signed(algorithm: str, key: Any, signature: bytes, text: bytes) -> bool:
    """Whether a signature is one of this text."""
    try:
        VERIFY[algorithm](key, signature, text)
    except InvalidSignature:
        return False
    return True


def value(received: Received, name: str, parameters: str, scheme: str) -> str:
    """What a component of a request is."""
    host = received.headers["host"]
    path, _, query = received.target.partition("?")
    derived = {
        "@method": received.method,
        "@target-uri": f"{scheme}://{host}{received.target}",
        "@authority": host,
        "@scheme": scheme,
        "@request-target": received.target,
        "@path": path,
        "@query": f"?{query}",
    }
    if name == "@query-param":
        wanted = parameters.removeprefix(';name="').removesuffix('"')
        return quote(dict(parse_qsl(query, keep_blank_values=True))[wanted], safe="*").replace("~", "%7E")
    return derived.get(name) or ", ".join(received.headers.get_list(name))


def has_its_digest(received: Received) -> bool:
    """Whether the body is the one that its header tells of."""
    algorithm, _, told = received.headers["content-digest"].partition("=")
    return base64.b64decode(told.strip(":")) == hashlib.new(algorithm.replace("-", ""), received.body).digest()
