"""One section of a configuration file, read again when the file has changed."""

import os
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass, field

Stamp = tuple[int, int, int]


@dataclass(slots=True)
class OptionFile:
    """The options of a section, kept until the file is another one: its inode, size or time of change differs.

    A file that cannot be read at the moment, because it is being replaced, leaves what was read last.
    """

    path: str
    section: str
    _stamp: Stamp | None = None
    _options: dict[str, str] = field(default_factory=dict)

    def options(self) -> dict[str, str]:
        """Return the options of the section as the file has them now; names are in lower case."""
        stamp = self._look()
        if stamp is not None and stamp != self._stamp:
            parser = ConfigParser(interpolation=None)
            try:
                with open(self.path, encoding="utf-8") as stream:
                    parser.read_file(stream)
            except (OSError, ConfigError, UnicodeDecodeError):
                return self._options
            self._options = dict(parser[self.section]) if parser.has_section(self.section) else {}
            self._stamp = stamp
        return self._options

    def _look(self) -> Stamp | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
