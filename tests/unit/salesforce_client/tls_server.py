"""A real HTTPS server on the loopback, with its own authority, that misbehaves on request."""

import datetime
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, issuer, key, signer, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(
        issuer,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - datetime.timedelta(days=1),
        now + datetime.timedelta(days=1),
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())


class Authority:
    """A certificate authority; `server_files` are what a server for the loopback needs."""

    def __init__(self, directory: Path) -> None:
        ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca = _certificate(_name("test ca"), _name("test ca"), ca_key, ca_key, [(x509.BasicConstraints(True, 0), True)])
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        certificate = _certificate(_name("localhost"), _name("test ca"), key, ca_key, [(names, False)])
        pem = serialization.Encoding.PEM
        self.pem = ca.public_bytes(pem).decode()
        self.file = directory / "ca.pem"
        self.file.write_text(self.pem)
        self.certificate_file = directory / "server.pem"
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.certificate_file.write_bytes(certificate.public_bytes(pem) + private)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802 - the name http.server looks for
        getattr(self, "_" + self.path.strip("/").partition("?")[0])()

    def _ok(self):
        self._send(b'{"ok": 1}', 9)

    def _cut(self):
        """Announces more than it sends."""
        self._send(b'{"ok"', 9)
        self.close_connection = True

    def _silent(self):
        self.server.stopping.wait(30)
        self.close_connection = True

    def _stalls(self):
        """Sends the head and the start of the body, then nothing."""
        self._send(b'{"ok"', 9)
        self.wfile.flush()
        self.server.stopping.wait(30)
        self.close_connection = True

    def _send(self, body: bytes, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        return


class TlsServer:
    def __init__(self, authority: Authority) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate_file)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.stopping = threading.Event()
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "TlsServer":
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
