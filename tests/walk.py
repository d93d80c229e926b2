"""What walks the pages share: a person at a browser, and what the browser complained of."""

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from PIL import Image
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[1]
CARDS = ROOT / "tests/cards"
SHOTS = ROOT / "docs/images"
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"

# what a page that a test asks for on purpose makes the browser say
_EXPECTED = re.compile(r"the server responded with a status of (401|403|404|409|422|429)")

_COUNT = """(colour) => {
  const canvas = document.querySelector('canvas.stage')
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })
  copy.drawImage(canvas, 0, 0)
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
  let count = 0
  for (let at = 0; at < data.length; at += 4)
    if (colour.every((value, channel) => Math.abs(data[at + channel] - value) < 6)) count++
  return count
}"""

# what turns for ever, as a loader does, is left out
_SETTLE = """() => Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < 1e5)
    .map(({ finished }) => finished),
)"""


@dataclass
class Walk:
    """A person at a browser; `complaints`: what the browser had against the pages, which has to stay empty."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning") and not _EXPECTED.search(message.text):
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name)

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name)

    def told(self, text: str | re.Pattern[str]) -> None:
        """Somebody is told so."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def annotations(self) -> Locator:
        """What the viewer lists."""
        return self.page.get_by_role("complementary", name="Annotations").locator("button.annotation")

    def of_colour(self, colour: str) -> int:
        """How many pixels of the canvas have a colour, `rgb(r, g, b)`, to within a trace."""
        self.page.locator("canvas[data-painted=all]").wait_for()
        return int(self.page.evaluate(_COUNT, [int(one) for one in re.findall(r"\d+", colour)]))

    def shot(self, name: str) -> None:
        """Write a picture for the documents: few colours, so that it is small."""
        SHOTS.mkdir(exist_ok=True)
        picture = Image.open(io.BytesIO(self.page.screenshot()))
        picture.convert("RGB").save(SHOTS / f"{name}.webp", quality=80, method=6)

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name, exact=isinstance(name, str))

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def new_project(self, name: str) -> int:
        """Make a project as a person does, and be in it; its id."""
        self.go("/projects")
        self.button("New project").first.click()
        self.dialog().get_by_label("Name").fill(name)
        self.button("Create project").click()
        self.page.wait_for_url(re.compile(r"/projects/\d+/inputs$"))
        self.button("Choose files").wait_for()
        return int(self.page.url.split("/")[-2])

    def upload(self, files: Iterable[Path], inputs: int) -> None:
        """Upload files from the page of inputs, and wait until so many are told of."""
        self.page.get_by_label("Files", exact=True).set_input_files([*files])
        expect(self.page.get_by_text(re.compile(rf"^{inputs:,} inputs? from "))).to_be_visible(timeout=60_000)
        self.button("Close").click()

    def add_card(self, files: Iterable[Path], name: str) -> None:
        """Add a card with its files on the page of models."""
        self.button("Add model").first.click()
        self.dialog().locator("input[type=file]").set_input_files([*files])
        self.button("Add model", self.dialog()).click()
        expect(self.page.get_by_role("region", name=name)).to_be_visible(timeout=30_000)

    def settle(self) -> None:
        """Wait for what moves: a colour on its way to another is no fault."""
        self.page.evaluate(_SETTLE)

    def faults(self) -> list[str]:
        """What axe finds that keeps people out: serious and critical faults, each with where it is."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{one['id']} at {node['target']}: {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]


@dataclass(frozen=True)
class Site:
    """A running server: its address, what it signs in with once, a folder that may be imported from its pages."""

    address: str
    link: str
    importable: Path


@dataclass(frozen=True)
class Shown:
    """A project with a bit of everything, and the ids of what is in it."""

    id: int
    images: list[int]
    texts: list[int]
    shapes: int
    words: int


Enter = Callable[..., Walk]
"""The fixture `enter`: opens a browser of one's own."""


def card_files(name: str, models: Path, folder: Path) -> list[Path]:
    """A card of tests/cards with the files it names, as one would have them in one folder."""
    card = yaml.safe_load((CARDS / f"{name}.yaml").read_text(encoding="utf-8"))
    files = []
    for keys in (card, card["input"]):
        for key, value in keys.items():
            if isinstance(value, str) and "shared/models" in value:
                source = models / value.partition("shared/models/")[2]
                files.append(Path(shutil.copy(source, folder / source.name)))
                keys[key] = source.name
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(card), encoding="utf-8")
    return [path, *files]


def scratch() -> Path:
    """A folder that accounts other than this one can reach."""
    folder = Path(tempfile.mkdtemp(prefix="lm-e2e-")).resolve()
    folder.chmod(0o755)
    return folder
