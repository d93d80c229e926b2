"""Where worker processes come from: a server that imports what they need once, and that they are forked from.

Kept light, so that it can be started before the command itself is imported.
"""

import multiprocessing
import tempfile
from multiprocessing import forkserver, util

_LONGEST_TEMP_DIR = 60
"""Characters that leave room for a socket's name within the 107 that one may have."""


def prepare() -> None:
    """Start the server, once for a process; it imports while the caller goes on."""
    if len(tempfile.gettempdir()) > _LONGEST_TEMP_DIR:
        usual, tempfile.tempdir = tempfile.tempdir, "/tmp"  # noqa: S108 - multiprocessing makes a private folder in it
        try:
            util.get_temp_dir()  # chosen now, once for the process
        finally:
            tempfile.tempdir = usual
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["labelmill.engine.worker", "labelmill.models.onnx"])
    forkserver.ensure_running()
