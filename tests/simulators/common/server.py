"""HTTPS/1.1 server: connections, framing, size limits, compression, and faults on the wire."""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import ssl
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from .messages import Request, Response

MAX_HEAD = 16_384
MAX_BODY = 160_000_000
GZIP_FROM = 1_024
IDLE_SECONDS = 120
WRITE_SLICE = 1 << 18


class ClosedByClient(Exception):
    """The client went away or sent no HTTP."""


class Refusal(Exception):
    """A message that HTTP itself does not allow. ``status`` is 413, 414 or 431."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Gateway(Protocol):
    """What answers the requests of a server, in the platform's own words."""

    def make_request(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Request: ...

    def handle(self, request: Any) -> Response: ...

    def refuse(self, refusal: Refusal) -> Response: ...


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One thread a connection. TLS handshakes happen in that thread, so that a slow client does not delay others."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, context: ssl.SSLContext, gateway: Gateway) -> None:
        self.context = context
        self.gateway = gateway
        super().__init__((host, port), Connection)

    def get_request(self) -> tuple[socket.socket, tuple[Any, ...]]:
        raw, address = super().get_request()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.settimeout(IDLE_SECONDS)
        return self.context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the client's affair; anything else is written to stderr."""
        import sys

        if not isinstance(sys.exc_info()[1], (OSError, ClosedByClient)):
            super().handle_error(request, client_address)


class Connection(socketserver.StreamRequestHandler):
    server: Server
    rbufsize = 1 << 16
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.request.do_handshake()
        super().setup()

    def handle(self) -> None:
        keep = True
        while keep:
            try:
                request, keep = self._read()
            except ClosedByClient:
                return
            except Refusal as refusal:
                # The rest of an oversized request is not read, so the connection cannot be kept.
                self._write(self.server.gateway.refuse(refusal), False, False)
                return
            if request is None:
                return
            response = self.server.gateway.handle(request)
            if response.drop:
                self._cut()
                return
            zipped = "gzip" in request.headers.get("accept-encoding", "").lower()
            keep = self._write(response, keep, zipped, request.method == "HEAD")

    # -- reading
    def _read(self) -> tuple[Request | None, bool]:
        line = self._line(MAX_HEAD, 414)
        if not line:
            return None, False
        parts = line.split(" ")
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise ClosedByClient("no HTTP request line")
        headers: dict[str, str] = {}
        left = MAX_HEAD - len(line)
        while text := self._line(left, 431):
            left -= len(text)
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        split = urlsplit(parts[1])
        if "://" in parts[1]:
            split = split._replace(scheme="", netloc="")
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._body(headers)
        keep = parts[2] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        query = dict(parse_qsl(split.query, keep_blank_values=True))
        return self.server.gateway.make_request(parts[0].upper(), split.path, query, headers, body), keep

    def _line(self, limit: int, status: int) -> str:
        try:
            raw = self.rfile.readline(max(limit, 0) + 3)
        except OSError as error:
            raise ClosedByClient(str(error)) from error
        if raw and not raw.endswith(b"\n"):
            if len(raw) <= limit:
                raise ClosedByClient("cut off inside the head")
            raise Refusal(status, f"The URI and headers together may have {MAX_HEAD} bytes")
        return raw.rstrip(b"\r\n").decode("latin-1")

    def _body(self, headers: dict[str, str]) -> bytes:
        try:
            if "chunked" in headers.get("transfer-encoding", "").lower():
                body = b"".join(self._chunks())
            else:
                length = int(headers.get("content-length") or 0)
                if length > MAX_BODY:
                    raise Refusal(413, "The request body is too large")
                body = self.rfile.read(length) if length else b""
                if len(body) < length:
                    raise ClosedByClient("cut off inside the body")
            if headers.get("content-encoding", "").lower() == "gzip":
                body = gzip.decompress(body)
        except (OSError, ValueError, EOFError, zlib.error) as error:
            raise ClosedByClient(str(error)) from error
        return body

    def _chunks(self) -> Iterator[bytes]:
        while True:
            size = int(self.rfile.readline(1024).split(b";")[0], 16)
            if size == 0:
                while self.rfile.readline(1024).strip():
                    pass
                return
            yield self.rfile.read(size)
            self.rfile.readline(8)

    # -- writing
    def _write(self, response: Response, keep: bool, zipped: bool, head_only: bool = False) -> bool:
        body = response.body
        if callable(body):
            body = body()
        if body is None:
            payload = b""
        elif isinstance(body, bytes):
            payload = body
        else:
            payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = dict(response.headers)
        if payload:
            headers["Content-Type"] = response.content_type
        if zipped and len(payload) >= GZIP_FROM:
            payload = gzip.compress(payload, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if response.status not in (204, 304):
            headers["Content-Length"] = str(len(payload))
        keep = keep and not response.truncate
        headers["Connection"] = "keep-alive" if keep else "close"
        reason = HTTPStatus(response.status).phrase if response.status in HTTPStatus._value2member_map_ else "Status"
        head = (
            f"HTTP/1.1 {response.status} {reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
        )
        if head_only or response.status in (204, 304):
            payload = b""
        if response.truncate:
            payload = payload[: len(payload) // 2]
        try:
            if len(payload) < WRITE_SLICE:
                self.wfile.write(head.encode("latin-1") + payload)
            else:
                self.wfile.write(head.encode("latin-1"))
                view = memoryview(payload)
                for start in range(0, len(view), WRITE_SLICE):
                    self.wfile.write(view[start : start + WRITE_SLICE])
        except OSError as error:
            raise ClosedByClient(str(error)) from error
        if response.truncate:
            self._cut()
        return keep

    def _cut(self) -> None:
        """Close without the TLS goodbye, as a broken line does."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
