"""As `python -m labelmill`, but tied to who started it: it stops, as by SIGTERM, when its standard input closes.

`labelmill up` starts its processes this way, so that none of them outlives it, however it ends; what there is to say of
a stop, it says. Kept light, because worker processes import this too.
"""

import os
import signal
import sys
import threading
from typing import NoReturn

from labelmill.__main__ import main

TERMINATED = 143

_MOST = 20.0
"""Seconds that stopping may take: what waits for a database that has gone would wait for ever."""


def _stop(_number: int, _frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: what cleans up now shall not be broken off
    last = threading.Timer(_MOST, os._exit, (TERMINATED,))
    last.daemon = True
    last.start()
    sys.exit(TERMINATED)


def _stop_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    main()
