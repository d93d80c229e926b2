"""The rows that are printed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, what it is measured against, and whether it meets its target (None: it has none)."""

    what: str
    figure: str
    against: str = ""
    target: str = ""
    reached: bool | None = None

    @property
    def met(self) -> bool:
        return self.reached is not False


def show(rows: list[Row], machine: str) -> None:
    print(f"\nMeasured on {machine}\n")
    print("| what | figure | beside | target | |\n| --- | --- | --- | --- | --- |")
    for row in rows:
        mark = {True: "met", False: "MISSED", None: ""}[row.reached]
        print(f"| {row.what} | {row.figure} | {row.against} | {row.target} | {mark} |")
