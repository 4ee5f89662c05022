"""What came out? One table, each figure beside what it should be, and what misses named below it."""

import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench import pages
from bench.measuring import Measured, Row

CLIENTS: Final = (1, 4, 16)


@dataclass(frozen=True)
class Figures:
    """One row in plain numbers; the ratio is of medians of the server's time with one client."""

    title: str
    at_most: float
    ratio: float
    server_ms: float
    median_ms: dict[int, float]
    p95_ms: dict[int, float]
    requests: int
    queries: int
    fewest_queries: int
    bytes_raw: int
    bytes_compressed: int
    bytes_first_visit: int
    growth: float | None = None

    def misses(self) -> Iterator[str]:
        """Everything that is more than it should be."""
        if self.ratio > self.at_most:
            yield f"{self.ratio:.2f}× instead of {self.at_most:g}×"
        if self.queries > pages.MOST_QUERIES:
            yield f"{self.queries} queries instead of {pages.MOST_QUERIES}"
        if self.fewest_queries != self.queries:
            yield f"{self.fewest_queries} to {self.queries} queries instead of always the same"
        if self.bytes_first_visit > pages.MOST_FIRST_VISIT_KB * 1000:
            yield f"{self.bytes_first_visit / 1000:.1f} kB on a first visit instead of {pages.MOST_FIRST_VISIT_KB}"
        if self.bytes_compressed > pages.MOST_PAGE_KB * 1000:
            yield f"{self.bytes_compressed / 1000:.1f} kB instead of {pages.MOST_PAGE_KB}"
        if self.growth is not None and self.growth > pages.MOST_GROWTH:
            yield f"grows {self.growth:.2f}× instead of {pages.MOST_GROWTH:g}×"


def figures(measured: Measured, smaller: Measured | None) -> list[Figures]:
    """All rows of one world: pages against the empty page, saving against the smallest POST."""
    before = {row.target.title: row for row in smaller.every_row} if smaller else {}
    return [_figures(row, measured, before.get(row.target.title)) for row in measured.every_row]


def _figures(row: Row, measured: Measured, smaller: Row | None) -> Figures:
    is_post = row.target.title in {pages.SAVING, pages.SMALLEST}
    yardstick = measured.smallest if is_post else measured.empty
    assert row.weight  # noqa: S101 - every row was looked at once
    return Figures(
        title=row.target.title,
        at_most=row.target.at_most,
        ratio=row.times.median_us / yardstick.times.median_us,
        server_ms=row.times.median_us / 1000,
        median_ms={count: statistics.median(some) / 1000 for count, some in row.times.wall_us.items()},
        p95_ms={count: _p95(some) / 1000 for count, some in row.times.wall_us.items()},
        requests=sum(len(some) for some in row.times.wall_us.values()),
        queries=row.queries,
        fewest_queries=row.fewest_queries,
        bytes_raw=row.weight.raw,
        bytes_compressed=row.weight.compressed,
        bytes_first_visit=row.weight.first_visit,
        growth=row.times.median_us / smaller.times.median_us if smaller else None,
    )


def _p95(some: list[int]) -> float:
    return statistics.quantiles(some, n=20, method="inclusive")[-1] if len(some) > 1 else some[0]


def print_table(console: Console, measured: Measured, smaller: Measured | None) -> None:
    """The table, the cost of saving straight in PostgreSQL, and what misses its figure."""
    found = figures(measured, smaller)
    table = Table(title=f"{measured.world.prepared['people']:,} people, {measured.requests:,} requests")
    headings = ["page", "× empty", "at most", "server ms"]
    headings += [f"{count} client{'s' if count > 1 else ''}, ms (95 %)" for count in CLIENTS if _has(found, count)]
    headings += ["queries", "kB", "compressed", "first visit", *(["growth"] if smaller else [])]
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for one in found:
        table.add_row(*_cells(one, has_growth=smaller is not None), style="red" if any(one.misses()) else None)
    console.print(table)
    straight = statistics.median(measured.straight.server_us)
    saving = next(row for row in measured.rows if row.target.title == pages.SAVING)
    console.print(
        f"Saving one set of vital signs: {saving.times.median_us / straight:.1f}× the same inserts straight in "
        f"PostgreSQL ({straight / 1000:.2f} ms, {len(measured.straight.server_us)} times)."
    )
    _print_misses(console, found)


def _has(found: list[Figures], clients: int) -> bool:
    return any(clients in one.median_ms for one in found)


def _cells(one: Figures, *, has_growth: bool) -> list[Text]:
    queries = f"{one.fewest_queries}–{one.queries}" if one.fewest_queries != one.queries else str(one.queries)
    cells = [one.title, f"{one.ratio:.2f}", f"{one.at_most:g}", f"{one.server_ms:.1f}"]
    cells += [f"{one.median_ms[count]:.0f} ({one.p95_ms[count]:.0f})" for count in CLIENTS if count in one.median_ms]
    cells += [queries, *(f"{size / 1000:.1f}" for size in (one.bytes_raw, one.bytes_compressed, one.bytes_first_visit))]
    if has_growth:
        cells.append("" if one.growth is None else f"{one.growth:.2f}")
    return [Text(cell) for cell in cells]


def _print_misses(console: Console, found: list[Figures]) -> None:
    missing = {one.title: list(one.misses()) for one in found}
    lines = [f"  {title}: {', '.join(reasons)}" for title, reasons in missing.items() if reasons]
    console.print("Every figure is met." if not lines else "\n".join(["Not met:", *lines]), markup=False, emoji=False)


def as_plain(measured: Measured, smaller: Measured | None) -> dict[str, Any]:
    """The same figures for a file."""
    return {
        "size": measured.world.size,
        "people": measured.world.prepared["people"],
        "straight_ms": statistics.median(measured.straight.server_us) / 1000,
        "rows": [asdict(one) for one in figures(measured, smaller)],
    }
