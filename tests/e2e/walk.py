"""What walks the pages share: a person at a browser, and what the browser complained of."""

import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
CARDS = ROOT / "tests/cards"
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"

# what a page that a test asks for on purpose makes the browser say
_EXPECTED = re.compile(r"the server responded with a status of (401|403|404|409|422|429)")


# what turns for ever, as a loader does, is left out
_SETTLE = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame) // what was just asked for has begun to move
  await Promise.allSettled(
    document.getAnimations()
      .filter(({ effect }) => effect.getComputedTiming().endTime < 1e5)
      .map(({ finished }) => finished),
  )
}"""


_TURN = """path => {
  history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}"""


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

    def turn(self, path: str) -> None:
        """Go on from a page as by a link: what is loaded stays, where `go` begins anew."""
        self.page.evaluate(_TURN, path)
        self.page.wait_for_url(self.site + path)

    def annotations(self) -> Locator:
        """What the viewer lists."""
        return self.page.get_by_role("complementary", name="Annotations").locator("button.annotation")

    def menu(self, of: str, item: str) -> None:
        """Choose from a menu."""
        self.button(of).click()
        self.page.get_by_role("menuitem", name=item).click()

    def settle(self) -> None:
        """Wait for what moves: a colour on its way to another is no fault."""
        self.page.evaluate(_SETTLE)

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

    def faults(self) -> list[str]:
        """What axe finds that keeps people out: serious and critical faults, in the light and in the dark."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self.page.emulate_media(color_scheme="light")
        self.settle()
        found = self._told_by_axe({"resultTypes": ["violations"]})
        self.page.emulate_media(color_scheme="dark")  # where nothing but colours is another
        self.settle()
        return found + self._told_by_axe({"resultTypes": ["violations"], "runOnly": ["color-contrast"]})

    def _told_by_axe(self, options: dict[str, Any]) -> list[str]:
        found = self.page.evaluate("(options) => axe.run(document, options)", options)
        return [
            f"{one['id']} at {node['target']}: {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]


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
