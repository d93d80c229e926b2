"""Where the embedded PostgreSQL of a home lies, which account runs it, and how its files and folders are made safely.

Everything is in `<home>/database`: the data folder, the password, the log and the locks. PostgreSQL refuses to run as
root, so as root it runs under another account; where that account cannot reach the home, `<home>/database` is a link to
a folder under `/var/lib/labelmill`. The link is what makes the choice last: permissions that change later, or a home
that is moved, must never lead to an empty second database.
"""

import hashlib
import os
import pwd
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labelmill.core.errors import StoreFault

SHARED = Path("/var/lib/labelmill")
"""Where root keeps what an unprivileged account must reach: data of homes it cannot reach, and copied binaries."""
TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - what is made in them is checked by `is_private`
UNPRIVILEGED = "nobody"
_SOCKET_NAME_ROOM = len("/.s.PGSQL.5432") + 1
_SOCKET_LIMIT = 103  # macOS; Linux has 107
_PLAIN = re.compile(r"[\w/.+-]+", re.ASCII)  # PostgreSQL and libpq both read a comma in a socket folder as a second one


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL; `switch` says that this is not who runs Labelmill."""

    name: str
    uid: int
    gid: int
    switch: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where data, sockets and log of one home's database lie, and which account runs it; `str()` says it to people."""

    home: Path
    folder: Path
    sockets: Path
    account: Account

    @property
    def data(self) -> Path:
        """The data folder (PGDATA)."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The log of the server."""
        return self.folder / "postgres.log"

    @property
    def password(self) -> Path:
        """The file with the random password of the role `labelmill`."""
        return self.folder / "password"

    @property
    def elsewhere(self) -> bool:
        """Whether the data lies outside the home."""
        return self.folder != self.home / "database"

    def __str__(self) -> str:
        text = f"The database is in {self.data}, its log in {self.log}, its socket in {self.sockets}"
        if self.account.switch:
            text += f"; it runs as '{self.account.name}' because PostgreSQL refuses to run as root"
        if self.elsewhere:
            text += f"; {self.home / 'database'} is a link to it because that account cannot reach the home"
        return text + "."


def where(home: Path) -> Place:
    """Where the database of this home lies, or will lie; makes nothing."""
    home = home.absolute().resolve()
    link = home / "database"
    folder = link.resolve()
    if link.is_symlink():
        _check_link(link, folder)
    account = _account(folder / "data", folder, home)
    if account.switch and not os.path.lexists(link) and not reaches(home, account):
        folder = SHARED / _short(home)
        account = _account(folder / "data", home)
    return Place(home, folder, _socket_folder(folder, account), account)


def _check_link(link: Path, folder: Path) -> None:
    if not folder.is_dir():
        raise StoreFault(
            f"The database of {link.parent} was in {folder}, which is gone. Bring it back, or delete the link {link} "
            "to start with an empty database."
        )
    if link.lstat().st_uid not in (0, os.geteuid()) and link.lstat().st_uid != folder.stat().st_uid:
        raise StoreFault(f"{link} is a link that another account made to a folder that it does not own: not followed.")


def _account(*places: Path) -> Account:
    """The account to run PostgreSQL: the present one, or for root the owner of the first place that is not root's."""
    if os.geteuid() != 0:
        return Account(_name(os.geteuid()) or str(os.geteuid()), os.geteuid(), os.getegid(), switch=False)
    for place in places:
        status = place.stat() if place.exists() else None
        # An owner without a name (a bind mount in a container) can own data that exists but cannot run initdb.
        if status and status.st_uid != 0 and (_name(status.st_uid) or place.name == "data"):
            return Account(_name(status.st_uid) or str(status.st_uid), status.st_uid, status.st_gid, switch=True)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise StoreFault(
            f"PostgreSQL refuses to run as root and there is no account '{UNPRIVILEGED}' to run it: run Labelmill as "
            "another user, or set LABELMILL_DATABASE_URL to a database of your own."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def reaches(path: Path, account: Account) -> bool:
    """Whether the account may pass through this folder and all above it; what does not exist yet is made passable."""
    return all(_passes(each, account) for each in (path, *path.parents) if each.exists())


def _passes(path: Path, account: Account) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:20]


def _socket_folder(folder: Path, account: Account) -> Path:
    """The first folder in a safe place that fits into a socket address and is ours or nobody's yet."""
    name = f"labelmill-{account.uid}-{_short(folder)}"
    for base in _socket_bases():
        path = base / name
        fits = len(os.fsencode(path)) + _SOCKET_NAME_ROOM <= _SOCKET_LIMIT and _PLAIN.fullmatch(str(path))
        if fits and _safe_base(base, account) and (not os.path.lexists(path) or is_private(path, account)):
            return path
    raise StoreFault(
        f"No place for the database's socket: {name} can be made in none of "
        f"{', '.join(str(base) for base in _socket_bases())}. Delete it there if it is not yours to keep."
    )


def _socket_bases() -> Iterator[Path]:
    # Not XDG_RUNTIME_DIR, and TMPDIR last: they go with a login or a batch job, which a long run may outlive.
    yield from TEMPORARY
    if os.environ.get("TMPDIR"):
        yield Path(os.environ["TMPDIR"])


def _safe_base(base: Path, account: Account) -> bool:
    """Whether nobody but root and the account can rename what is in it."""
    if not (base.is_absolute() and base.is_dir() and reaches(base, account)):
        return False
    status = base.stat()
    shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
    return status.st_uid in (0, account.uid) and not shared and os.access(base, os.W_OK | os.X_OK)


def is_private(path: Path, account: Account) -> bool:
    """Whether this is a real folder that nobody but the account (or root, who was interrupted making it) can enter."""
    status = path.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid in (account.uid, 0) and not status.st_mode & 0o077


def prepare(place: Place) -> None:
    """Make the home and the folder of the database if they are missing, or were left half made."""
    link = place.home / "database"
    if place.folder.is_dir() and os.path.lexists(link) and _passes(place.folder, place.account):
        _check_owner(place.folder, place.account)
        return
    _make_home(place)
    if place.elsewhere:
        shared()
        make_folder(place.folder, mode=0o711, uid=os.geteuid(), gid=os.getegid())
        if not link.is_symlink():
            link.symlink_to(place.folder)
    else:
        owner = place.home.stat()
        mode = 0o700 if owner.st_uid == place.account.uid else 0o711
        make_folder(place.folder, mode=mode, uid=owner.st_uid, gid=owner.st_gid)


def _check_owner(folder: Path, account: Account) -> None:
    owner = folder.stat().st_uid
    if owner != account.uid and not account.switch:
        raise StoreFault(f"{folder} belongs to '{_name(owner) or owner}': run Labelmill as that account, or as root.")


def _make_home(place: Place) -> None:
    missing = [path for path in (place.home, *place.home.parents) if not path.is_dir()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        if place.account.switch:
            path.chmod(0o711)  # whatever the umask: the account has to pass
        elif path == place.home:
            path.chmod(0o700)


def shared() -> Path:
    """The folder for what root shares with an unprivileged account, made if it is missing."""
    if not SHARED.exists():
        SHARED.mkdir(parents=True, exist_ok=True)
        SHARED.chmod(0o711)
    status = SHARED.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise StoreFault(f"{SHARED} has to be a folder that only root can write to.")
    return SHARED


def make_folder(path: Path, *, mode: int, uid: int, gid: int) -> None:
    """Make a folder with this mode and owner, or finish one that was left half made.

    By handle: the folder above may belong to an account that could swap the name for a link to something else.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            os.fchmod(handle, mode)
            if uid != os.geteuid():
                os.fchown(handle, uid, gid)
    finally:
        os.close(handle)


def open_safely(path: Path, flags: int, account: Account) -> int:
    """Open a file of the database's folder, made 0600 if it is missing; as root, never one that was smuggled in.

    A new file belongs to the owner of the folder, so that root and that owner can take turns.
    """
    folder = path.parent.stat()
    try:
        handle = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        return _open_existing(path, flags, (0, folder.st_uid, account.uid))
    if folder.st_uid != os.geteuid():
        os.fchown(handle, folder.st_uid, folder.st_gid)
    return handle


def _open_existing(path: Path, flags: int, owners: tuple[int, ...]) -> int:
    handle = os.open(path, flags | os.O_NOFOLLOW)
    status = os.fstat(handle)
    if os.geteuid() == 0 and not (stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_uid in owners):
        os.close(handle)
        raise StoreFault(f"{path} is not a file that Labelmill made: not touched.")
    return handle
