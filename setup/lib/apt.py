"""Packages of Debian and Ubuntu downloaded and unpacked into a folder: nothing is installed. Standard library only.

The lists are private, so that the machine's own sources, lists and cache stay as they are and root is not needed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .system import SetupError, has, run

_DEBIAN_SUITES = {"stable", "testing", "unstable", "sid"}


@dataclass(frozen=True)
class Source:
    """An archive that this machine is configured with."""

    uri: str
    keyring: str  # path, or "" when apt's trusted keys are meant
    suites: tuple[str, ...]
    components: tuple[str, ...]

    def line(self, suite: str) -> str:
        """The sources.list line for another suite of the same archive."""
        option = f"[signed-by={self.keyring}] " if self.keyring else ""
        return f"deb {option}{self.uri} {suite} main\n"


class PrivateApt:
    """apt-get with lists and cache of its own in ``folder``."""

    def __init__(self, folder: Path, sources: str | None = None) -> None:
        """``sources`` is the text of a sources.list; None means the machine's own sources."""
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial", "debs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.options = [
            "-oAcquire::Languages=none",
            "-oAcquire::Retries=2",
            "-oAPT::Sandbox::User=root",  # its own user often cannot reach the folder; it warns, and is not needed
            f"-oDir::State::lists={folder}/lists",
            f"-oDir::Cache={folder}/cache",
        ]
        if sources is not None:
            path = folder / "sources.list"
            path.write_text(sources)
            self.options += [f"-oDir::Etc::sourcelist={path}", "-oDir::Etc::sourceparts=-"]

    def update(self) -> None:
        """Fetch the lists of packages."""
        run(["apt-get", *self.options, "-q", "update"], timeout=600)

    def download(self, *names: str) -> list[Path]:
        """Download packages (signatures and checksums are apt's job) and return their files, old ones included."""
        run(["apt-get", *self.options, "-q", "download", *names], cwd=self.folder / "debs", timeout=1800)
        found = [path for name in names for path in sorted((self.folder / "debs").glob(f"{name.split('=')[0]}_*.deb"))]
        if len(found) < len(names):
            raise SetupError(f"apt-get downloaded {len(found)} of {len(names)} packages: {', '.join(names)}")
        return found


def unpack(packages: list[Path], root: Path) -> None:
    """Unpack packages into one folder."""
    root.mkdir(parents=True, exist_ok=True)
    for path in packages:
        run(["dpkg-deb", "-x", path, root])


def unpacked(name: str, folder: Path) -> Path:
    """One package of the machine's own release, unpacked; returns the root it was unpacked into."""
    if not has("dpkg-deb"):
        raise SetupError(f"cannot unpack {name}: dpkg-deb not found")
    apt = PrivateApt(folder)
    apt.update()
    unpack(apt.download(name), folder / "root")
    return folder / "root"


def os_release() -> dict[str, str]:
    """/etc/os-release as a dictionary, empty where there is none."""
    path = Path("/etc/os-release")
    text = path.read_text() if path.is_file() else ""
    return {key: value.strip("\"'") for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)}


def debian_sources() -> list[Source]:
    """The Debian archives among the machine's sources, the likeliest first; none on other distributions."""
    release = os_release()
    if release.get("ID") != "debian":
        return []
    suites = _DEBIAN_SUITES | {release.get("VERSION_CODENAME", "")}
    etc = Path("/etc/apt")
    files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
    files.sort(key=lambda path: path.name not in ("sources.list", "debian.sources"))
    found = [source for path in files if path.is_file() for source in _parse(path)]
    return [s for s in dict.fromkeys(found) if "main" in s.components and suites.intersection(s.suites)]


def _parse(path: Path) -> Iterator[Source]:
    text = path.read_text(errors="replace")
    if path.suffix == ".sources":
        for stanza in re.split(r"\n\s*\n", text):
            lines = "\n".join(line for line in stanza.splitlines() if not line.startswith("#"))
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", lines, re.MULTILINE))
            keyring = fields.get("Signed-By", "").strip()
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes").strip() != "no":
                for uri in fields.get("URIs", "").split():
                    yield Source(
                        uri,
                        keyring if keyring.startswith("/") else "",
                        tuple(fields.get("Suites", "").split()),
                        tuple(fields.get("Components", "").split()),
                    )
    elif path.suffix == ".list":
        for options, uri, suite, components in re.findall(
            r"^deb[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)[ \t]+(\S+)[ \t]+(.*)$", text, re.MULTILINE
        ):
            keyring = re.search(r"signed-by=(\S+)", options)
            yield Source(uri, keyring.group(1) if keyring else "", (suite,), tuple(components.split()))
