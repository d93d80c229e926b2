"""Workers that are forked early: those that nobody needs do not outlive what they were forked for."""

import signal

from labelmill.engine import nursery


def test_who_is_not_hired_is_dismissed() -> None:
    with nursery.forked(2):
        (left,) = nursery._waiting[:1]
        hired = nursery.hire()
        assert hired is not left
    left.process.join(10)
    assert left.process.exitcode == -signal.SIGKILL
    assert hired.process.is_alive()
    hired.life.close()
    hired.process.join(10)
    assert hired.process.exitcode is not None


def test_what_goes_wrong_dismisses_them_too() -> None:
    try:
        with nursery.forked(1):
            (left,) = nursery._waiting
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        left.process.join(10)
    assert left.process.exitcode == -signal.SIGKILL
    assert nursery._waiting == []
