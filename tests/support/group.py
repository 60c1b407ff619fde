"""The documented libraries of the whole group once more, plain and by hand.

Like `reference`, but for the 29 pages of image/v1: names, nesting and parameters come
from their structure, and nothing of the product's own model or generator is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from support.documented import Documented, functions, members

DATA = Path(__file__).parent.parent / "data" / "image-v1"


@dataclass(frozen=True)
class Page:
    name: str

    def structure(self) -> list[str]:
        """The title, the index, and the headings with their signatures."""
        text = (DATA / f"{self.name}.structure.md").read_text(encoding="utf-8")
        return text.splitlines()

    def documented(self) -> list[Documented]:
        return functions(self.name, self.structure())

    def scopes(self) -> dict[tuple[str, ...], list[str]]:
        return members(self.name, self.structure())


def pages() -> list[Page]:
    names = sorted(path.name.partition(".")[0] for path in DATA.glob("*.structure.md"))
    return [Page(name) for name in names if name != "index"]
