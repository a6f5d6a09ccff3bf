"""Certificates for tests."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_authority(name="Test authority"):
    """Return the certificate of a new authority in PEM form."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start, end = datetime.datetime(2026, 1, 1), datetime.datetime(2036, 1, 1)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), start, end)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
