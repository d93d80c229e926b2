"""The project holds to its own rules: settings and commands are documented, documents are true, files are short."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import typer

from labelmill import cli
from labelmill.core import errors
from labelmill.core.annotation import Status
from labelmill.settings import Settings
from labelmill.store import schema

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SELDOM = {"cv2", "onnxruntime", "procrastinate", "alembic", "torch", "scipy", "fastapi", "uvicorn"}
COMMAND: Any = typer.main.get_command(cli.app())
MANUAL = (ROOT / "docs/command.md").read_text(encoding="utf-8")
VARIABLES = {f"LABELMILL_{field.name.upper()}": str(field.default) for field in fields(Settings)}


def commands(group: Any = COMMAND, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with its name."""
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*path, name))
        else:
            yield (*path, name), one


COMMANDS = dict(commands())


def fenced(text: str) -> Iterator[str]:
    """Lines of the blocks of code."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()


def examples(text: str) -> list[str]:
    """What a document says one can type."""
    return [line.removeprefix("$ ") for line in fenced(text) if re.match(r"(\$ )?labelmill ", line)]


def mentions(text: str) -> list[str]:
    """Commands in the running text, which need not be complete."""
    groups = {" ".join(path[:1]) for path in COMMANDS}
    return [one for one in re.findall(r"`(labelmill [^`]+)`", text) if one.removeprefix("labelmill ") not in groups]


def section(path: tuple[str, ...]) -> str:
    """What docs/command.md says of one command."""
    found = re.search(rf"^## labelmill {' '.join(path)}\b.*?(?=^## |\Z)", MANUAL, re.MULTILINE | re.DOTALL)
    assert found, f"docs/command.md has no section of labelmill {' '.join(path)}"
    return found[0]


def parse(line: str, *, complete: bool = True) -> None:
    """Have the command parse a line without running it; raises what it has against it."""
    group, args = COMMAND, shlex.split(line, comments=True)[1:]
    while hasattr(group, "commands"):
        name, *args = args
        assert name in group.commands, f"there is no command {name!r}"
        group = group.commands[name]
    try:
        group.make_context(group.name, args).close()
    except Exception as error:
        if complete or type(error).__name__ != "MissingParameter":  # typer keeps the class to itself
            raise


def test_every_setting_is_documented_with_its_default_and_no_other_is_named() -> None:
    rows = dict(re.findall(r"^\| `(LABELMILL_\w+)` \| `?([^`|]*?)`? \|", (ROOT / "docs/settings.md").read_text(), re.M))
    assert rows == {name: default or "(empty)" for name, default in VARIABLES.items()}


@pytest.mark.parametrize("path", [*DOCUMENTS, *SOURCES], ids=lambda path: str(path.relative_to(ROOT)))
def test_only_settings_that_exist_are_named(path: Path) -> None:
    assert set(re.findall(r"LABELMILL_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))) <= set(VARIABLES)


def test_what_reads_the_examples_finds_them_and_sees_faults() -> None:
    assert len(examples((ROOT / "README.md").read_text(encoding="utf-8"))) > 10
    parse("labelmill annotate photos --model null # a comment")
    for wrong in (
        "annotate photos",
        "annotate photos --model null --no-such",
        "tasks frob 1",
        "export 1 --format x --to y",
    ):
        with pytest.raises(Exception, match=r"Missing parameter|No such option|no command|x' is not"):
            parse(f"labelmill {wrong}")
    parse("labelmill export", complete=False)
    with pytest.raises(Exception, match="No such option"):
        parse("labelmill export --nope", complete=False)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_documents_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for line in examples(text):
        parse(line)
    for line in mentions(text):
        parse(line, complete=False)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_manual_names_each_command_and_just_its_options(path: tuple[str, ...]) -> None:
    has = set(chain.from_iterable(one.opts for one in COMMANDS[path].params if one.param_type_name == "option"))
    text = "\n".join(line for line in section(path).splitlines() if not line.startswith("$ "))
    assert set(re.findall(r"`(--[a-z-]+)`", text)) == has - {"--help"}
    assert any(line.startswith(f"$ labelmill {' '.join(path)}") for line in section(path).splitlines())


def test_the_manual_describes_no_other_command() -> None:
    described = re.findall(r"^## labelmill ([a-z ]*[a-z])", MANUAL, re.MULTILINE)
    assert sorted(described) == sorted(" ".join(path) for path in COMMANDS)


@pytest.mark.parametrize("error", [errors.Unreadable, errors.ModelFault])
def test_every_kind_of_failure_is_documented(error: type[errors.LabelmillError]) -> None:
    told = re.findall(r"`([a-z-]+)`", error.__doc__ or "")
    kinds = [word for word in told if word != "kind"]
    assert kinds
    assert all(re.search(rf"^\| `{kind}` \| ", MANUAL, re.MULTILINE) for kind in kinds)


def test_every_kind_of_failure_in_the_code_is_one_of_the_tree() -> None:
    known = {
        kind for error in (errors.Unreadable, errors.ModelFault) for kind in re.findall(r"`([a-z-]+)`", error.__doc__)
    }
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("Unreadable", "ModelFault")
                and node.args
            ):
                kind = node.args[0]
                assert not isinstance(kind, ast.Constant) or kind.value in known, f"{path}: {kind.value}"


def test_statuses_are_in_the_glossary() -> None:
    glossary = (ROOT / "CONTEXT.md").read_text(encoding="utf-8")
    assert all(f"`{status}`" in glossary for status in Status)


def test_no_table_has_a_name_that_the_glossary_avoids() -> None:
    rows = re.findall(
        r"^\| [^|]+ \| [^|]+ \| ([^|]+) \|$", (ROOT / "CONTEXT.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    avoided = {word.strip() for row in rows for word in row.split(",")}
    assert {"asset", "chunk", "annotator"} <= avoided
    assert not avoided & set(schema.metadata.tables)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_files_are_short() -> None:
    beside = (path for folder in ("tests", "bench", "training") for path in (ROOT / folder).rglob("*.py"))
    ours = [*SOURCES, *beside, *DOCUMENTS]
    assert {str(path): n for path in ours if (n := len(path.read_text(encoding="utf-8").splitlines())) >= 400} == {}


def test_constraints_pin_all_that_is_asked_for_and_name_no_place() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line) for line in lines)
    pinned = {plain(line) for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {plain(one) for one in asked} <= pinned
    assert "torch" not in pinned


def test_all_that_the_package_imports_comes_with_an_installation() -> None:
    """What only the tests' own packages bring would be missing where `pip install .` was all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought, left = set[str](), [*project["dependencies"]]
    while left:
        if "extra ==" not in (asked := left.pop()) and (name := plain(asked)) not in brought:
            brought.add(name)
            left += (metadata.requires(name) or []) if name in INSTALLED else []
    assert {"numpy", "starlette"} <= brought
    assert "pytest" not in brought
    of = metadata.packages_distributions()
    modules = {name.partition(".")[0] for path in SOURCES for name in imported(path)} - {"labelmill"}
    alien = {name for name in modules - sys.stdlib_module_names if not {plain(one) for one in of[name]} & brought}
    assert alien == set()


def plain(asked: str) -> str:
    """The name of a distribution in what asks for it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~;( ]", asked)[0]).lower()


INSTALLED = {plain(one.name) for one in metadata.distributions()}


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_what_make_help_lists_is_what_the_documents_name() -> None:
    listed = subprocess.check_output(["make", "--no-print-directory", "help"], cwd=ROOT, text=True)
    targets = {line.split()[0] for line in listed.splitlines()}
    named = {
        name for path in DOCUMENTS for name in re.findall(r"(?:`|\$ )make (\w+)", path.read_text(encoding="utf-8"))
    }
    assert {"setup", "check", "test", "bench", "help"} <= targets
    assert named <= targets


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("labelmill.cli.annotate", {"sqlalchemy", "psycopg", "pydantic", "yaml"}),  # until its source is being read
        *((f"labelmill.cli.{name}", SELDOM) for name in (*cli.COMMANDS, *cli.GROUPS, "local")),
        ("labelmill.models.onnx", {"shapely", "scipy"}),
    ],
)
def test_what_only_some_runs_need_is_imported_by_these_alone(module: str, heavy: set[str]) -> None:
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
