"""What is asked for in one world: every page of the table, the yardsticks, and one set of vital signs to save."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench import pages
from bench.client import Ask, as_json
from bench.world import World

NURSE: Final = "nora"
VITALS: Final = {
    "systolic_mmhg": 128,
    "diastolic_mmhg": 78,
    "heart_rate_bpm": 72,
    "spo2_percent": 97,
    "respiratory_rate_bpm": 14,
    "moaas": 5,
}


@dataclass(frozen=True)
class Target:
    """One row of the table. `ask` gives the next request of one client, whose subjects take turns."""

    title: str
    at_most: float
    status: int
    ask: Callable[[int], Ask]
    subjects: int = 1


def targets(world: World) -> list[Target]:
    """Every row of the table, in its order."""
    return [_page(page, world.prepared["addresses"][page.title]) for page in pages.PAGES] + [_saving(world)]


def empty(world: World) -> Target:
    ask = Ask(NURSE, world.prepared["empty"])
    return Target(pages.EMPTY, 1, 200, lambda _: ask)


def smallest(world: World) -> Target:
    ask = Ask(NURSE, world.prepared["smallest"], b"")
    return Target(pages.SMALLEST, 1, 204, lambda _: ask)


def everybody() -> list[str]:
    """Who has to sign in."""
    return sorted({page.who for page in pages.PAGES} | {NURSE})


def _page(page: pages.Page, addresses: list[str]) -> Target:
    body = urlencode(page.post).encode() if page.post else None
    turns: Iterator[str] = itertools.cycle(addresses)
    return Target(page.title, page.at_most, 200, lambda _: Ask(page.who, next(turns), body), len(addresses))


def _saving(world: World) -> Target:
    sheets = world.prepared["sheets"]
    return Target(pages.SAVING, pages.MOST_TO_SAVE, 200, lambda client: _reading(world, sheets[client % len(sheets)]))


def _reading(world: World, sheet: dict[str, Any]) -> Ask:
    """A set of vital signs that was taken a few seconds ago, as a tablet sends it."""
    entry = {
        "id": str(new_key(world)),
        "kind": "vitals",
        "occurred_at": (world.now - timedelta(seconds=9)).isoformat(),
        "recorded_at": (world.now - timedelta(seconds=1)).isoformat(),
        "seq": 5000,
        "device": "tablet 1",
        "author_ticket": sheet["ticket"],
        "data": VITALS,
    }
    return Ask(NURSE, sheet["address"], as_json([entry]), "application/json")


def new_key(world: World) -> UUID:
    """Version 7, as a tablet makes it: in the order of time."""
    milliseconds = int(world.now.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | uuid4().int & ((1 << 62) - 1))
