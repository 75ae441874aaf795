"""A throwaway certificate for the loopback TLS port: the browser insists on https for the real host names."""

from __future__ import annotations

import base64
import hashlib
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Throwaway:
    """`context` serves; `spki` is the base64 SHA-256 of the public key, by which Chromium accepts just this key."""

    context: ssl.SSLContext
    spki: str


def make(hosts: tuple[str, ...]) -> Throwaway:
    """A fresh key and a self-signed certificate for `hosts`, valid for a week; nothing stays on the disk."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(key, hosts)
    with tempfile.NamedTemporaryFile(suffix=".pem") as pem:
        pem.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption()))
        pem.write(certificate.public_bytes(serialization.Encoding.PEM))
        pem.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(pem.name))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Throwaway(context, base64.b64encode(hashlib.sha256(public).digest()).decode())


def _signed(key: ec.EllipticCurvePrivateKey, hosts: tuple[str, ...]) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kataban sample market")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=7))
    return builder.sign(key, hashes.SHA256())
