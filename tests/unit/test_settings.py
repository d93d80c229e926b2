"""What the environment may say."""

import os
from pathlib import Path

import pytest

from labelmill.core.errors import BadCall
from labelmill.settings import Settings


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("name", ["BATCH_SECONDS", "LOAD_SECONDS"])
def test_a_limit_is_finite(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"LABELMILL_{name}", text)
    with pytest.raises(BadCall, match=f"LABELMILL_{name} is {text}, which is no limit"):
        Settings.from_environment()


def test_nought_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Settings.from_environment()
    for name in ("WORKERS", "BATCH_SECONDS", "LOAD_SECONDS", "WORKER_MEMORY_MB", "MAX_FILE_MB", "MAX_MEGAPIXELS"):
        monkeypatch.setenv(f"LABELMILL_{name}", "0")
    assert Settings.from_environment() == before


@pytest.mark.parametrize("home", [os.fsdecode(b"/tmp/caf\xe9"), "~nobody-of-this-name/home"])
def test_a_home_that_cannot_be_is_a_bad_call(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    with pytest.raises(BadCall) as error:
        Settings.from_environment(home=Path(home))
    assert str(error.value).encode()
