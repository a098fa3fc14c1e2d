"""TLS to a proxy."""

from __future__ import annotations

import ssl

from restkit.wire.roads import Proxy, proxy_of
from restkit.wire.tls import Tls, real
from restkit.wire.tunnel.way import tls_of


def test_a_context_of_the_users_own_stays_as_it_is() -> None:
    """httpcore, which sets the protocols of whatever it gets, gets something that stands for it."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    given = tls_of(Proxy("https", "p.test", 443, ssl_context=own))

    assert (True, own) == (given is not own, real(given))


def test_a_proxy_without_one_is_trusted_as_any_server() -> None:
    """By the authorities that everybody shares."""
    assert Tls().context() is real(tls_of(proxy_of("proxy", "https://p.test")))
