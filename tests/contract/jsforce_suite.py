"""Installs jsforce under the git-ignored `.local/`, runs its cases with node's test runner, and reads the outcome."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from .node_packages import NotRunnable, install, node

SOURCE = Path(__file__).with_name("jsforce")
CASE = re.compile(r"^item\((\d+), '([^']+)'", re.MULTILINE)
RUN_SECONDS = 900


@dataclass(frozen=True)
class Outcome:
    passed: bool
    reason: str | None


def cases() -> dict[str, int]:
    """Every case in the sources: its full name and the number of its checklist item."""
    found = {}
    for source in sorted(SOURCE.glob("*.cases.mjs")):
        for number, title in CASE.findall(source.read_text(encoding="utf-8")):
            found[f"item {int(number):02d}: {title}"] = int(number)
    return found


def signing_key() -> dict[str, str]:
    """A fresh RSA key and its self-signed certificate as PEM, for JWT bearer: {"key", "certificate"}."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "contract tests")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {"key": private.decode(), "certificate": certificate.public_bytes(encoding).decode()}


def run(simulator: dict[str, Any], workdir: Path) -> dict[str, Outcome]:
    """Runs all cases against a simulator, given as its `simulator.json`, and answers the outcome of each by name.

    Raises NotRunnable when node, npm or the package is missing, or when the runner ends without a report.
    """
    program, home = node(), install(SOURCE, "contract")
    report, facts_file, key_file = workdir / "report.jsonl", workdir / "simulator.json", workdir / "jwt-key.json"
    for file, content in ((facts_file, simulator), (key_file, signing_key())):
        file.touch(mode=0o600)
        file.write_text(json.dumps(content), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {
        "NODE_EXTRA_CA_CERTS": simulator["ca"],
        "SIMULATOR_STATE": str(facts_file),
        "CONTRACT_NODE_HOME": str(home),
        "CONTRACT_JWT_KEY": str(key_file),
    }
    reporter = (SOURCE / "reporter.mjs").as_uri()
    command = [
        program,
        "--test",
        f"--test-reporter={reporter}",
        f"--test-reporter-destination={report}",
        "suite.test.mjs",
    ]
    done = subprocess.run(
        command, cwd=SOURCE, env=environment, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )
    lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    if not lines:
        raise NotRunnable(f"node --test reported no case (exit {done.returncode}):\n{done.stdout}\n{done.stderr}")
    entries = [json.loads(line) for line in lines]
    return {entry["name"]: Outcome(entry["passed"], entry["reason"]) for entry in entries}
