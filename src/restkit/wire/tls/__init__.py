"""Whom a transport trusts, and what it shows of itself: contexts, certificates, pins, and how hands are shaken."""

from restkit.wire.tls.certificate import ClientCertificate
from restkit.wire.tls.handed import Handed, handed, real, trusting_nobody
from restkit.wire.tls.handshake import lost, note, refuse_plain, refuse_tls, server_name, shake_hands, taken_over, vet
from restkit.wire.tls.identity import InsecureWarning, Tls, tls_context
from restkit.wire.tls.pins import pin_of

__all__ = [
    "ClientCertificate",
    "Handed",
    "InsecureWarning",
    "Tls",
    "handed",
    "lost",
    "note",
    "pin_of",
    "real",
    "refuse_plain",
    "refuse_tls",
    "server_name",
    "shake_hands",
    "taken_over",
    "tls_context",
    "trusting_nobody",
    "vet",
]
