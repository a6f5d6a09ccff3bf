"""The simulator as a process: ready file, volume, clean end."""

import json
import ssl
import stat
import urllib.request
from pathlib import Path

from tests.simulators.zendesk.client import attach, start_simulator


def test_it_starts_with_switches_keeps_its_secrets_and_ends_cleanly(tmp_path):
    running = start_simulator(tmp_path, rate_limit=5)
    path = Path(running.ca).parent / "simulator.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert attach(tmp_path).config()["rate_limit"] == 5
    process = running.process
    running.stop()
    assert process.returncode == 0
    log = (tmp_path / "simulator.log").read_text()
    assert "ready" in log and running.client_secret not in log


def test_thousands_of_tickets_are_found_and_exported_in_pages(tmp_path):
    with start_simulator(tmp_path, rate_limit=0, rate_limit_incremental=0) as sim:
        numbers = sim.seed("ticket", [{"subject": f"s{i}", "external_id": f"e{i}"} for i in range(2_500)])
        sim.advance(61)
        context = ssl.create_default_context(cafile=sim.ca)

        def get(url):
            request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
            return json.load(urllib.request.urlopen(request, context=context, timeout=60))

        login = {"grant_type": "client_credentials", "client_id": sim.client_id, "client_secret": sim.client_secret}
        request = urllib.request.Request(f"{sim.base_url}/oauth/tokens", json.dumps(login).encode())
        token = json.load(urllib.request.urlopen(request, context=context, timeout=60))["access_token"]
        [found] = get(f"{sim.base_url}/api/v2/tickets?external_id=e777")["tickets"]
        assert found["id"] == numbers[777]
        page = get(f"{sim.base_url}/api/v2/incremental/tickets/cursor.json?start_time=0")
        exported = page["tickets"]
        while not page["end_of_stream"]:
            page = get(page["after_url"])
            exported += page["tickets"]
        assert [row["id"] for row in exported] == numbers
