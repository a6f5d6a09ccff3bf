"""Certificates that a person pastes: what they are, in words that a person can compare."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

_BEGIN = "-----BEGIN CERTIFICATE-----"
MAX_LENGTH = 200_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: whom it names, and until when it is valid (a naive datetime in UTC)."""

    subject: str
    expires: datetime


def read(pem: str) -> list[Certificate]:
    """Return the certificates of a text in PEM form.

    Raises ValueError for a text that holds none, or anything else than certificates that can be parsed: a path on the
    server and a private key are refused.
    """
    if len(pem) > MAX_LENGTH or _BEGIN not in pem or "PRIVATE KEY" in pem:
        raise ValueError("not certificates in PEM form")
    found = x509.load_pem_x509_certificates(pem.encode("ascii"))
    return [Certificate(_subject(certificate), _expires(certificate)) for certificate in found]


def _subject(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _expires(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc.replace(tzinfo=None)
