"""The measurements: what could not be measured is no success."""

import shutil
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import pages


def test_pages_that_no_browser_walked_are_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (row,) = pages.measure(Path())
    assert not row.met
    monkeypatch.setattr("sys.argv", ["bench", "pages"])
    with pytest.raises(SystemExit) as ended:
        bench.main()
    assert ended.value.code == 1
    assert "not measured: there is no Chromium here" in capsys.readouterr().out
