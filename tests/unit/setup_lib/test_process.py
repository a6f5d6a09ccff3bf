"""What is started ends with its parent, whatever way the parent ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from setup.lib import paths
from setup.lib.process import Process

CHILD = "import subprocess, time; subprocess.Popen(['sleep', '600']); print('up', flush=True); time.sleep(600)"
PARENT = """
import sys, time
from pathlib import Path
from setup.lib.process import Process
process = Process([sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]))
process.start()
print(process.pid, flush=True)
time.sleep(600)
"""


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "still waiting"
        time.sleep(0.05)


def state_and_group(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "Z", 0
    return fields[0], int(fields[2])


def alive(pid):
    return state_and_group(pid)[0] != "Z"


def in_group(group):
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if state_and_group(pid)[1] == group and alive(pid)]


def test_stop_ends_the_process_and_its_children(tmp_path):
    process = Process([sys.executable, "-c", CHILD], tmp_path / "log")
    process.start()
    pid = process.pid
    until(lambda: "up" in process.log_tail())
    assert len(in_group(pid)) == 2
    process.stop()
    until(lambda: in_group(pid) == [])  # who was killed goes when the kernel gets round to it
    assert process.pid is None
    process.stop()


def test_it_ends_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path / "log"], stdout=subprocess.PIPE, text=True, cwd=paths.ROOT
    )
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: not alive(pid))


def test_it_reads_its_file_and_its_variables(tmp_path):
    script = tmp_path / "script"
    script.write_text("import os; print(os.environ['ANSWER'], len(os.environ) > 1, flush=True)")
    process = Process([sys.executable, "-"], tmp_path / "log", stdin=script, environment={"ANSWER": "forty-two"})
    process.start()
    until(lambda: process.pid is None)
    assert process.log_tail() == "forty-two True"
    process.stop()
