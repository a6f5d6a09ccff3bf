"""Certificates that a person pastes."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from retail_sync.domain.security import certificates

START = datetime.datetime(2026, 1, 1)
END = datetime.datetime(2036, 1, 1)


def made(attribute=NameOID.COMMON_NAME, name="Acme inner authority"):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(attribute, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), START, END)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_whom_certificates_name_and_until_when():
    found = certificates.read(made() + made(NameOID.ORGANIZATION_NAME, "Acme Ltd"))
    assert [(known.subject, known.expires) for known in found] == [("Acme inner authority", END), ("O=Acme Ltd", END)]


@pytest.mark.parametrize(
    "text",
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "",
        "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n\u00e4\n-----END CERTIFICATE-----",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):
        certificates.read(text)


def test_a_private_key_is_refused():
    with pytest.raises(ValueError):
        certificates.read(made() + "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----")


def test_a_text_without_end_is_refused():
    with pytest.raises(ValueError):
        certificates.read(made() + " " * certificates.MAX_LENGTH)
