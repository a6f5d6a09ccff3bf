"""setup/translate: extract the texts of the addons into .pot files and carry the translations over to them."""

import subprocess
import sys
from pathlib import Path

from . import environment, odoo_config, options, paths, translations
from .console import say, step, warn
from .system import SetupError, end_on_signals, free_port


def main(arguments: list[str]) -> int:
    """Write ``i18n/ADDON.pot`` and ``i18n/LANGUAGE.po`` of each addon.

    The exit code: 0 every text has its translations, 1 some have none, 2 something could not be put in place.
    """
    options.parse("translate", arguments)
    end_on_signals()
    try:
        with environment.opened() as opened, step("Extracting texts"):
            extract(opened, {folder.name: template(folder) for folder in paths.addon_folders()})
    except SetupError as error:
        warn(f"\n{error}")
        return 2
    except KeyboardInterrupt:
        say("\nstopped")
        return 130
    missing = 0
    for folder in paths.addon_folders():
        for language in translations.LANGUAGES:
            count = translations.update(template(folder), folder / "i18n" / f"{language}.po", language)
            say(f"{folder.name} {language}: {count} texts without a translation")
            missing += count
    return 1 if missing else 0


def template(folder: Path) -> Path:
    """The .pot file of an addon's folder."""
    return folder / "i18n" / f"{folder.name}.pot"


def extract(opened: environment.Environment, targets: dict[str, Path]) -> None:
    """Export the texts of addons from a database that has them: {addon: .pot file}. Raises SetupError."""
    name = f"{opened.databases.prefix}translate"
    opened.databases.drop(name)
    opened.databases.create(name, opened.addons_template())
    conf = odoo_config.write(name, opened.databases.connection, opened.source, name, http_port=free_port())
    try:
        for addon, path in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            raw = path.with_suffix(".export.pot")
            arguments = ("i18n", "export", "-c", conf, "-d", name, "-o", raw, addon)
            command = [str(part) for part in (paths.PYTHON, paths.LAUNCHER, *arguments)]
            done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, timeout=600, check=False)
            if done.returncode or not raw.exists():
                raise SetupError(f"The texts of {addon} could not be exported:\n{done.stderr[-2000:]}")
            translations.write_template(raw, path, addon)
            raw.unlink()
    finally:
        opened.databases.drop(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
