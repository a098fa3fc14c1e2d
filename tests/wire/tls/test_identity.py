"""The TLS identity as a value: what it refuses, what it is equal to, which contexts it shares."""

from __future__ import annotations

import gc
import os
import ssl
import weakref
from pathlib import Path
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from restkit import Client, ConfigError, InsecureWarning
from restkit.wire import Stock
from restkit.wire.tls import Tls, tls_context
from restkit.wire.tls.certificate import ClientCertificate
from restkit.wire.tls.recipe import FLAGS
from tests.tls import issued, trusting, written
from tests.wire.tls.test_pins import PIN


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[str, str]:
    """A certificate, and its key, which `sesame` opens."""
    leaf = issued(copy=1)
    key: Any = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    closed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"sesame"),
    )
    paths = written(tmp_path, certificate=leaf.cert_chain_pems[0].bytes(), sealed=closed)
    return paths["certificate"], paths["sealed"]


@pytest.mark.parametrize(
    ("setting", "value", "field", "said"),
    [
        ("verify", "absent", "verify", "does not exist"),
        ("verify", "junk/below", "verify", "does not exist"),
        ("verify", "junk", "verify", "without a certificate"),
        ("verify", "empty", "verify", "without a certificate"),
        ("verify", "damaged", "verify", "OpenSSL cannot read"),
        ("verify", ".", "verify", "named by their hashes"),
        ("cert", "absent", "cert[0]", "does not exist"),
        ("cert", ".", "cert[0]", "a folder"),
        ("cert", "junk", "cert[0]", "no certificate"),
        ("cert", "leaf", "cert[0]", "no private key"),
        ("cert", "damaged+key", "cert", "cannot be used"),
        ("cert", "leaf+absent", "cert[1]", "does not exist"),
        ("cert", "leaf+leaf", "cert[1]", "no private key"),
        ("cert", "leaf+other", "cert", "not the certificate's"),
        ("cert", "leaf+broken", "cert", "cannot be used"),
    ],
)
def test_a_file_that_is_wrong(files: dict[str, str], setting: str, value: str, field: str, said: str) -> None:
    """The error says how; a client with it cannot be made."""
    paths = tuple(found(files, name) for name in value.split("+"))

    with pytest.raises(ConfigError, match=said) as caught:
        _ = Client(**{setting: paths[0] if len(paths) == 1 else paths})

    assert field == caught.value.field


def found(files: dict[str, str], name: str) -> str:
    """The path of a file: one that is there, one below it, the folder, or none."""
    name, _, below = name.partition("/")
    folder = Path(files["ca"]).parent
    return os.path.join(files.get(name, str(folder / name)), below) if below else files.get(name, str(folder / name))  # noqa: PTH118 - as text


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"verify": 1}, "verify"),
        ({"verify": None}, "verify"),
        ({"verify": ""}, "verify"),
        ({"verify": "a\0b"}, "verify"),
        ({"verify": b"ca.pem"}, "verify"),
        ({"verify": "-----BEGIN CERTIFICATE-----\n..."}, "verify"),
        ({"cert": 7}, "cert"),
        ({"cert": ()}, "cert"),
        ({"cert": ("a", "b", "c", "d")}, "cert"),
        ({"cert": ["a", "b"]}, "cert"),
        ({"cert": (7, "b")}, "cert[0]"),
        ({"cert": ("a", 7)}, "cert[1]"),
        ({"cert": ("a", "b", b"c")}, "cert[2]"),
        ({"cert": "-----BEGIN PRIVATE KEY-----\ncanary"}, "cert"),
    ],
)
def test_a_value_that_is_wrong(settings: dict[str, Any], field: str) -> None:
    """It is refused by name, by the client and by the transport; what may be a secret is not shown."""
    said = []
    for make in (Client, Stock):
        with pytest.raises(ConfigError) as caught:
            _ = make(**settings)
        said.append((caught.value.field, "canary" in str(caught.value)))

    assert [(field, False)] * 2 == said


def test_a_password_in_the_place_of_a_key_is_not_shown(files: dict[str, str]) -> None:
    """It is easily mistaken."""
    with pytest.raises(ConfigError) as caught:
        _ = Tls(cert=(files["leaf"], "canary"))

    assert "canary" not in str(caught.value)


def test_a_file_that_may_not_be_read(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the system is asked to lie."""
    monkeypatch.setattr(Path, "read_bytes", refusing(PermissionError(13, "Permission denied")))

    with pytest.raises(ConfigError, match="may not be read"):
        _ = Tls(cert=files["both"]).context()


def test_a_file_that_fails(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what the system says."""
    monkeypatch.setattr(Path, "stat", refusing(OSError(5, "Input/output error")))

    with pytest.raises(ConfigError, match="Input/output error"):
        _ = Tls(cert=files["both"])


def test_a_folder_that_vanishes(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between one look and the next."""
    tls = Tls(Path(files["ca"]).parent)
    monkeypatch.setattr(os, "listdir", refusing(FileNotFoundError(2, "No such file or directory")))

    with pytest.raises(ConfigError, match="does not exist"):
        _ = tls.context()


def refusing(error: OSError) -> Any:
    """A function that fails."""

    def refuse(*_: object, **__: object) -> Any:
        raise error

    return refuse


def test_a_key_that_is_encrypted(sealed: tuple[str, str]) -> None:
    """Its password opens it."""
    assert Tls(cert=(*sealed, "sesame")).context()


@pytest.mark.parametrize(
    ("password", "said"), [("canary", "does not open"), ("", "does not open"), (None, "is missing")]
)
def test_a_key_that_is_not_opened(sealed: tuple[str, str], password: str | None, said: str) -> None:
    """Nobody is asked at the terminal, and the password is not shown."""
    with pytest.raises(ConfigError, match=said) as caught:
        _ = Tls(cert=(*sealed, password)).context()

    assert ("cert[2]", False) == (caught.value.field, "canary" in str(caught.value))


def test_no_password_in_what_is_shown(sealed: tuple[str, str]) -> None:
    """Neither of the identity nor of the client's settings."""
    client = Client(cert=(*sealed, "sesame"))

    shown = repr(Tls(cert=(*sealed, "sesame"))) + repr(client.settings) + repr(client)
    assert (True, False) == (sealed[0] in shown, "sesame" in shown)


def test_a_context_of_ones_own_is_not_touched() -> None:
    """Whatever it is; with a certificate beside it, which could not be loaded without touching it, it is refused."""
    own = trusting()
    before = (own.minimum_version, own.verify_flags, own.options, own.verify_mode, own.keylog_filename)

    assert own is Tls(own, trust_env=True).context(alpn=("h2",))
    assert before == (own.minimum_version, own.verify_flags, own.options, own.verify_mode, own.keylog_filename)


def test_a_certificate_beside_a_context_of_ones_own(files: dict[str, str]) -> None:
    """It belongs into the context."""
    with pytest.raises(ConfigError, match="load_cert_chain") as caught:
        _ = Client(verify=trusting(), cert=files["both"])

    assert "cert" == caught.value.field


def test_trust_in_the_environment_is_a_choice() -> None:
    """Identities can be compared, with and without, as long as the environment says nothing."""
    assert (Tls(), hash(Tls())) == (Tls(trust_env=True), hash(Tls(trust_env=True)))


def test_an_identity_is_immutable() -> None:
    """To verify or not is decided once."""
    with pytest.raises(FrozenInstanceError):
        Tls().verify = False  # type: ignore[misc]


def test_equal_identities_share_their_contexts(files: dict[str, str]) -> None:
    """As long as one of them is there."""
    one, two = (Tls(Path(files["ca"]), files["both"], [PIN]) for _ in range(2))

    assert (True, one.context(alpn=("h2",))) == (one == two, two.context(alpn=("h2",)))
    assert one.context() is not one.context(alpn=("h2",))


def test_nobody_keeps_a_context_that_nobody_uses(files: dict[str, str]) -> None:
    """A program that makes many has only those that it holds."""
    tls = Tls(files["ca"])
    made = weakref.ref(tls.context())
    before = made()
    assert before is tls.context()
    del tls, before
    _ = gc.collect()

    assert None is made()


def test_the_plain_one_is_kept() -> None:
    """The next client wants it again."""
    first = id(Tls().context())
    _ = gc.collect()

    assert first == id(Tls().context())


@given(st.data())
def test_different_identities_are_not_equal(data: st.DataObject) -> None:
    """Whatever they differ in: they share no connection."""
    kinds: list[Any] = [OWN, TRUE, PINNED, CERTIFIED]
    one, two = data.draw(st.sampled_from(kinds)), data.draw(st.sampled_from(kinds))

    assert (one is two) == (one == two)


OWN, TRUE, PINNED = Tls(trusting()), Tls(), Tls(pins=[PIN])
CERTIFIED = Tls(cert=ClientCertificate(__file__))


def test_a_file_that_was_replaced_makes_another_identity(files: dict[str, str]) -> None:
    """So a client that is made after a renewal shows the new certificate."""
    before = Tls(files["ca"], files["both"])
    Path(files["both"]).write_bytes(issued(copy=7).private_key_and_cert_chain_pem.bytes())
    after = Tls(files["ca"], files["both"])

    assert (False, False) == (before == after, before.context() is after.context())


def test_what_a_context_is_like() -> None:
    """TLS 1.2 at the least, names checked, certificates demanded, as strictly as this Python does."""
    context = Tls().context()

    assert (True, ssl.CERT_REQUIRED, FLAGS, True) == (
        context.check_hostname,
        context.verify_mode,
        context.verify_flags & FLAGS,
        context.minimum_version >= ssl.TLSVersion.TLSv1_2,
    )


def test_whom_one_trusts_by_default() -> None:
    """Certifi's authorities, as httpx does."""
    import certifi

    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    theirs.load_verify_locations(certifi.where())

    assert known_to(theirs) == known_to(Tls().context())


def known_to(context: ssl.SSLContext) -> set[bytes]:
    """Whom a context trusts, in no order: OpenSSL sorts them when it looks for one."""
    return set(context.get_ca_certs(binary_form=True))


def test_a_context_that_verifies_nothing() -> None:
    """It warns, and speaks no older TLS either."""
    with pytest.warns(InsecureWarning, match="not verified"):
        context = Tls(verify=False).context()

    assert (False, ssl.CERT_NONE, True) == (
        context.check_hostname,
        context.verify_mode,
        context.minimum_version >= ssl.TLSVersion.TLSv1_2,
    )


def test_contexts_by_themselves() -> None:
    """For whoever needs no identity."""
    own = trusting()

    assert (own, Tls().context()) == (tls_context(own), tls_context(verify=True))


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize(
    ("name", "said"), [("absent", "does not exist"), ("", "is empty"), ("empty", "certificate"), (".", "certificate")]
)
def test_a_variable_that_is_wrong(
    files: dict[str, str], environment: pytest.MonkeyPatch, variable: str, name: str, said: str
) -> None:
    """It is named."""
    environment.setenv(variable, found(files, name) if name else "")
    expected = WRONG_KIND.get((variable, name), said)

    with pytest.raises(ConfigError, match=expected) as caught:
        _ = Stock(trust_env=True)

    assert variable == caught.value.field


WRONG_KIND = {("SSL_CERT_FILE", "."): "a folder", ("SSL_CERT_DIR", "empty"): "does not exist"}


def test_a_file_that_the_environment_names(files: dict[str, str], environment: pytest.MonkeyPatch) -> None:
    """It goes before a folder, and is trusted alone, by those who read the environment."""
    environment.setenv("SSL_CERT_FILE", files["ca"])
    environment.setenv("SSL_CERT_DIR", "/absent")
    theirs = [len(tls.context().get_ca_certs()) for tls in (Tls(trust_env=True), Tls())]

    assert (1, True) == (theirs[0], theirs[1] > 1)


def test_what_is_said_goes_before_the_environment(files: dict[str, str], environment: pytest.MonkeyPatch) -> None:
    """A path, a context, or nobody."""
    environment.setenv("SSL_CERT_FILE", "/absent")
    own = trusting()
    with pytest.warns(InsecureWarning):
        trust = [Tls(verify, trust_env=True).trust for verify in (files["ca"], own, False)]

    assert [Tls(files["ca"]).trust, own, False] == trust


def test_the_environment_is_read_once(files: dict[str, str], environment: pytest.MonkeyPatch) -> None:
    """When the identity is made."""
    environment.setenv("SSL_CERT_FILE", files["ca"])
    tls = Tls(trust_env=True)
    environment.delenv("SSL_CERT_FILE")

    assert 1 == len(tls.context().get_ca_certs())


def test_keys_are_not_logged_unasked(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    """Whatever the environment says."""
    environment.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    assert (None, False) == (Tls().context().keylog_filename, (tmp_path / "keys").exists())


def test_keys_are_logged_with_a_warning(tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
    """If the environment is to be read; but a context of one's own is left alone."""
    environment.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))

    with pytest.warns(InsecureWarning, match="SSLKEYLOGFILE") as caught:
        logged = [Tls(each, trust_env=True).context().keylog_filename for each in (True, trusting())]

    assert ([str(tmp_path / "keys"), None], 1) == (logged, len(caught))


def test_a_log_of_keys_that_cannot_be_written(environment: pytest.MonkeyPatch) -> None:
    """The variable is named."""
    environment.setenv("SSLKEYLOGFILE", "/absent/keys")

    with pytest.warns(InsecureWarning), pytest.raises(ConfigError) as caught:
        _ = Stock(trust_env=True)

    assert "SSLKEYLOGFILE" == caught.value.field


def test_nothing_is_read_before_it_is_needed() -> None:
    """A plain identity has no context until somebody wants one."""
    assert (True, False, False) == (
        Tls().is_plain,
        Tls(pins=[PIN], cert=ClientCertificate(__file__)).is_plain,
        OWN.is_plain,
    )


def test_an_identity_in_the_place_of_verify(files: dict[str, str]) -> None:
    """A transport takes it as it is."""
    tls = Tls(files["ca"])

    assert tls is Stock(tls)._tls  # noqa: SLF001 - it shows nowhere else
