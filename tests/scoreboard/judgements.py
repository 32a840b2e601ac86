"""Differences between the two readings of `links`, each judged by reading its document: who is right, and who is now.

`python -m tests.scoreboard.judgements` prints how many each reading had right when they were drawn, how many it has
right now, and what was judged. `judgements.yaml` has, for each, both readings of then, and `keys`: the pointers that
are true by the document, `none` where it tells of no such pair, an empty text where no field of the answer has the key.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
import yaml

from tests.benchmarks.npm import ToolError
from tests.benchmarks.table import Table, show
from tests.scoreboard.documents import CACHE, documents
from tests.scoreboard.links import Pair, Reading, named, readings

FILE = Path(__file__).with_suffix(".yaml")
NONE = "none"


@dataclass(frozen=True)
class Judgement:
    """What both readings said of a pair, which pointers are true, and why so."""

    document: str
    creation: str
    item: str
    ours: str
    theirs: str
    keys: tuple[str, ...]
    why: str

    @property
    def pair(self) -> Pair:
        return self.creation, self.item

    def right(self, ours: str, theirs: str) -> str:
        """Who of the two is right."""
        held = ours in self.keys, theirs in self.keys
        return {(True, True): "both", (True, False): "ours", (False, True): "theirs", (False, False): "neither"}[held]

    @property
    def then(self) -> str:
        return self.right(self.ours, self.theirs)

    def now(self, one: Reading, other: Reading) -> str:
        return self.right(one.get(self.pair, NONE), other.get(self.pair, NONE))


def judgements(file: Path = FILE) -> list[Judgement]:
    """Every one, in the file's order."""
    return [Judgement(**{**each, "keys": tuple(each["keys"])}) for each in yaml.safe_load(file.read_text())]


@click.command()
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=False)
@click.option("--style", default="text", type=click.Choice(["text", "markdown"]))
def main(cache: Path, style: str) -> None:
    """Print who was right about each difference that was judged, and who is now."""
    try:
        paths = {named(each): each for each in documents(cache)}
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    every = judgements()
    read = {name: readings(paths[name]) for name in {each.document for each in every}}
    now = [each.now(*read[each.document]) for each in every]
    counts = Counter(each.then for each in every), Counter(now)
    rows = [(who, *(str(count[who]) for count in counts)) for who in ("ours", "theirs", "both", "neither")]
    told = [
        (f"{each.document} {each.creation}", each.then, who, each.why) for each, who in zip(every, now, strict=True)
    ]
    sums = Table(f"Who is right about {len(every)} differences", ("who", "when drawn", "now"), rows)
    show([sums, Table("Each of them", ("creation", "when drawn", "now", "why"), told, prose=True)], (), style)


if __name__ == "__main__":
    main()
