"""Schemes of authentication, one to a file: each is an `httpx.Auth`, for restkit's clients and bare httpx clients.

The names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in `restkit` itself
if TYPE_CHECKING:
    from typing import Any

    from restkit.auth.api_key import APIKey
    from restkit.auth.authorization_code import AuthorizationCode
    from restkit.auth.basic import Basic
    from restkit.auth.bearer import Bearer
    from restkit.auth.client_credentials import ClientCredentials
    from restkit.auth.device_code import Device, DeviceCode
    from restkit.auth.digest import Digest
    from restkit.auth.discovery import discover
    from restkit.auth.hmac_signing import HMAC
    from restkit.auth.jwt import JWT
    from restkit.auth.jwt_bearer import JWTBearer
    from restkit.auth.login import Login
    from restkit.auth.message_signatures import MessageSignatures
    from restkit.auth.refresh_token import RefreshToken
    from restkit.auth.registry_bearer import RegistryBearer
    from restkit.auth.rotating_keys import KeyHealth, RotatingKeys
    from restkit.auth.sigv4 import AccessKey, SigV4
    from restkit.auth.token_exchange import TokenExchange
    from restkit.credentials.scheme import Scheme
    from restkit.credentials.secret import EnvVar
    from restkit.credentials.store import TokenStore
    from restkit.credentials.token import Token
    from restkit.tokens.authorization import Authorization
    from restkit.tokens.discovery import Metadata
    from restkit.tokens.login_call import LoginCall
    from restkit.tokens.login_options import LoginOptions
    from restkit.tokens.options import GrantOptions, TokenOptions
    from restkit.tokens.scheme import TokenScheme
    from restkit.tokens.signing_key import SigningKey

_HOMES = {
    "APIKey": "auth.api_key",
    "AccessKey": "auth.sigv4",
    "Authorization": "tokens.authorization",
    "AuthorizationCode": "auth.authorization_code",
    "Basic": "auth.basic",
    "Bearer": "auth.bearer",
    "ClientCredentials": "auth.client_credentials",
    "Device": "auth.device_code",
    "DeviceCode": "auth.device_code",
    "Digest": "auth.digest",
    "EnvVar": "credentials.secret",
    "GrantOptions": "tokens.options",
    "HMAC": "auth.hmac_signing",
    "JWT": "auth.jwt",
    "JWTBearer": "auth.jwt_bearer",
    "KeyHealth": "auth.rotating_keys",
    "Login": "auth.login",
    "LoginCall": "tokens.login_call",
    "LoginOptions": "tokens.login_options",
    "MessageSignatures": "auth.message_signatures",
    "Metadata": "tokens.discovery",
    "RefreshToken": "auth.refresh_token",
    "RegistryBearer": "auth.registry_bearer",
    "RotatingKeys": "auth.rotating_keys",
    "Scheme": "credentials.scheme",
    "SigV4": "auth.sigv4",
    "SigningKey": "tokens.signing_key",
    "Token": "credentials.token",
    "TokenExchange": "auth.token_exchange",
    "TokenOptions": "tokens.options",
    "TokenScheme": "tokens.scheme",
    "TokenStore": "credentials.store",
    "discover": "auth.discovery",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is public here
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    found = getattr(import_module(f"restkit.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


__all__ = [
    "HMAC",
    "JWT",
    "APIKey",
    "AccessKey",
    "Authorization",
    "AuthorizationCode",
    "Basic",
    "Bearer",
    "ClientCredentials",
    "Device",
    "DeviceCode",
    "Digest",
    "EnvVar",
    "GrantOptions",
    "JWTBearer",
    "KeyHealth",
    "Login",
    "LoginCall",
    "LoginOptions",
    "MessageSignatures",
    "Metadata",
    "RefreshToken",
    "RegistryBearer",
    "RotatingKeys",
    "Scheme",
    "SigV4",
    "SigningKey",
    "Token",
    "TokenExchange",
    "TokenOptions",
    "TokenScheme",
    "TokenStore",
    "discover",
]
