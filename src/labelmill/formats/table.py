"""Tables of texts: CSV (also TSV and with semicolons) and JSON lines with a `text` and maybe an `id` per row.

Rows are counted from 1 as an editor or a spreadsheet shows them: a JSONL row is its line, the header of a CSV is row 1.
Texts stay exactly as decoded, line breaks within them included. A bad row is refused alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from labelmill.core.errors import BadCall, Unreadable
from labelmill.formats.found import Found, Limits, Refused, check_text

SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})

_SAMPLE = 2**20
"""The longest header, in characters."""


def open_table(path: Path, limits: Limits) -> Iterator[Found | Refused]:
    """Stream the texts of a table. Raises BadCall when it has no column `text`, OSError when it cannot be opened."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        _check_jsonl(path)
        return _jsonl(path, limits)
    return _csv(path, limits, *_csv_header(path))


def _open(path: Path) -> TextIO:
    # newline="": breaks stay as they are; surrogateescape: what is no UTF-8 is found row by row, by check_text
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _check_jsonl(path: Path) -> None:
    """Raise BadCall when the first row is an object without `text`; other faults of a row are that row's own."""
    with _open(path) as file:
        line = file.readline(_SAMPLE)
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return
    if isinstance(row, dict) and "text" not in row:
        raise _no_text(path, list(map(str, row)))


def _no_text(path: Path, columns: list[str]) -> BadCall:
    if columns and columns[0].startswith(("\udcff\udcfe", "\udcfe\udcff")):  # the byte-order marks of UTF-16
        return BadCall(f"{path} is UTF-16; save it as UTF-8")
    has = ", ".join(columns)[:200].encode("utf-8", "backslashreplace").decode() or "none"
    return BadCall(f"{path} has no column named text (it has: {has}); rename the column that holds the texts to text")


def _jsonl(path: Path, limits: Limits) -> Iterator[Found | Refused]:
    place, most = f"{path}#row=", limits.max_text
    number = 0
    with path.open("rb") as file:
        while line := file.readline(most):
            number += 1
            uri = f"{place}{number}"
            try:
                if len(line) >= most and not line.endswith(b"\n"):
                    _skip_line(file)
                    raise _too_long(limits)
                row = _parse(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                if row is _BLANK:
                    continue
                text = _text_of(row)
                name = row.get("id")
                yield Found(
                    _id_of(name) if name not in (None, "") else _row_name(path, number), uri, "text", None, text
                )
            except (ValueError, RecursionError, Unreadable) as error:
                yield _refuse(_row_name(path, number), uri, number, error)


_BLANK = object()
_scan = json.JSONDecoder().raw_decode


def _parse(line: str) -> Any:
    """The value of a JSON line, or _BLANK. Raises ValueError."""
    try:
        value, end = _scan(line)  # json.loads looks for white space on both sides first, which costs a third
    except ValueError:
        return _BLANK if line.isspace() or not line else json.loads(line)
    return value if line[end:] in ("\n", "", "\r\n") else json.loads(line)


def _text_of(row: Any) -> str:
    if not isinstance(row, dict):
        raise Unreadable("damaged", "it is no JSON object")
    text = row.get("text")
    if not isinstance(text, str):
        raise Unreadable("damaged", "it has no text" if text is None else "its text is no string")
    check_text(text)
    return text


def _row_name(path: Path, number: int) -> str:
    return f"{path.name}#row={number}"


def _id_of(value: Any) -> str:
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise Unreadable("damaged", "its id is neither a string nor a number")
    name = str(value)
    check_text(name)
    return name


def _refuse(name: str, uri: str, number: int, error: Exception) -> Refused:
    """Name the row and say what is wrong with it."""
    if isinstance(error, Unreadable):
        return Refused(name, uri, error.kind, f"row {number}: {error}")
    if isinstance(error, UnicodeDecodeError):
        return Refused(name, uri, "encoding", f"row {number}: byte {error.start} is no UTF-8; save the table as UTF-8")
    if isinstance(error, RecursionError):
        return Refused(name, uri, "damaged", f"row {number}: it is nested too deeply")
    what = "CSV" if isinstance(error, csv.Error) else "JSON"
    return Refused(name, uri, "damaged", f"row {number}: it is no {what} ({error})")


def _too_long(limits: Limits, advice: str = "") -> Unreadable:
    return Unreadable("too-large", f"it has more than {limits.max_text:,} bytes; split the text{advice}")


def _skip_line(file: Any) -> None:
    """Read on to the end of the line, without holding it."""
    while (rest := file.readline(2**16)) and rest[-1:] not in ("\n", "\r", b"\n"):
        pass


def _csv_header(path: Path) -> tuple[str, list[str]]:
    """Delimiter and column names, lower case. The delimiter is the one of `,` `;` tab that gives a column `text`."""
    with _open(path) as file:
        sample = file.readline(_SAMPLE)
    columns: list[str] = []
    for delimiter in ",;\t":
        try:
            found = next(csv.reader([sample], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        names = [name.strip().lower() for name in found]
        if names.count("text") > 1:
            raise BadCall(f"{path} has more than one column named text; rename all but one of them")
        if "text" in names:
            return delimiter, names
        columns = columns or found
    raise _no_text(path, columns)


class _Lines:
    """Physical lines for the csv reader, which can go back to the second line of a row.

    A quote that is not closed takes in the lines below it. They are kept until their row is whole. When it turns out to
    be no CSV, its first line is refused alone and they are read again as rows of their own. That is done once with each
    line: see `__next__`. No more is held than the longest row and a line.
    """

    def __init__(self, file: TextIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._size = 0  # characters of the row so far
        self._kept = io.StringIO(newline="")  # its lines below the first; in a list, short ones would need much memory
        self.below = 0
        """How many lines the row has below its first one."""
        self._again, self._left = self._kept, 0  # lines to read again, and how many of them are left

    def row(self, reader: Iterator[list[str]]) -> list[str]:
        """The next row of a reader of these lines; after csv.Error and Unreadable, the row of the next line."""
        self._size = 0
        if self.below:
            self._kept, self.below = io.StringIO(newline=""), 0
        try:
            return next(reader)
        except Unreadable:
            self._go_back()
            raise
        except csv.Error as error:
            if not self.below:
                raise
            self._go_back()
            raise _unclosed() from error

    def _go_back(self) -> None:
        if self.below:
            self._kept.seek(0)
            self._again, self._left = self._kept, self.below

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        """The next line. When the reader asks for a second one in the same row, a quote is open."""
        if self._left:
            # A quote was open here, too, when this was part of the bad row above: this row would come to the same end.
            # (Where that one grew too long, this one just might not; to try each would take the square of the time.)
            if self._size:
                raise _unclosed()
            self._left -= 1
            line = self._again.readline()
        else:
            line = self._file.readline(self._limits.max_text)
        if not line:
            raise _unclosed() if self._size else StopIteration
        if self._size:
            self._kept.write(line)
            self.below += 1
        elif len(line) >= self._limits.max_text and line[-1] not in "\r\n":
            _skip_line(self._file)
            raise _too_long(self._limits)
        self._size += len(line)
        if self._size > self._limits.max_text:
            raise _too_long(self._limits, " or close the quote that opens on its first line")
        return line


def _unclosed() -> Unreadable:
    reason = "a quote that opens in it is not closed where a cell ends"
    return Unreadable("damaged", f"{reason}; close it, and write quotes that belong to a text twice")


def _csv(path: Path, limits: Limits, delimiter: str, columns: list[str]) -> Iterator[Found | Refused]:
    # the csv module's own limit of 131,072 characters a cell is global; it is only ever raised
    csv.field_size_limit(max(csv.field_size_limit(), limits.max_text))
    at, label = columns.index("text"), columns.index("id") if "id" in columns else None
    width, place = len(columns), f"{path}#row="
    with _open(path) as file:
        _skip_line(file)
        lines = _Lines(file, limits)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number = 1
        while True:
            number += 1
            uri = f"{place}{number}"
            try:
                row = lines.row(reader)
                if not row:
                    continue
                if len(row) != width:
                    raise Unreadable("damaged", _cells(len(row), width, lines.below))
                check_text(row[at])
                name = row[label] if label is not None else ""
                yield Found(_id_of(name) if name else _row_name(path, number), uri, "text", None, row[at])
            except StopIteration:
                return
            except (csv.Error, Unreadable) as error:
                yield _refuse(_row_name(path, number), uri, number, error)


def _cells(count: int, width: int, below: int) -> str:
    taken = f" and takes in {below:,} more lines" if below else ""
    return f"it has {count} cells where the header names {width}{taken}; put texts that hold the delimiter in quotes"
