"""How are pages measured fairly on a machine that does other things too? In turns: whatever disturbs, disturbs all."""

import statistics
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from bench.client import Answer, Client, NotAnswered, Person
from bench.straight import Straight
from bench.targets import Target, everybody
from bench.weight import Weight, weight
from bench.world import World

EMPTY_EVERY: Final = 6  # the yardsticks are asked for again after so many pages
STRAIGHT: Final = "the same inserts in PostgreSQL"


@dataclass
class Times:
    """What was measured of one row: the server's own time with one client, and the wait by number of clients."""

    server_us: list[int] = field(default_factory=list)
    wall_us: dict[int, list[int]] = field(default_factory=dict)

    def add(self, clients: int, answer: Answer) -> None:
        self.wall_us.setdefault(clients, []).append(answer.wall_us)
        if clients == 1:
            self.server_us.append(answer.server_us)

    @property
    def median_us(self) -> float:
        return statistics.median(self.server_us)


@dataclass
class Row:
    """One row of the table for one world."""

    target: Target
    times: Times = field(default_factory=Times)
    queries: int = 0
    fewest_queries: int = 0
    weight: Weight | None = None


@dataclass
class Measured:
    """Everything about one world."""

    world: World
    rows: list[Row]
    empty: Row
    smallest: Row
    straight: Times = field(default_factory=Times)

    @property
    def every_row(self) -> list[Row]:
        return [*self.rows, self.empty, self.smallest]

    @property
    def requests(self) -> int:
        return sum(len(some) for row in self.every_row for some in row.times.wall_us.values())


@dataclass
class Side:
    """One world with a client in it."""

    measured: Measured
    client: Client
    straight: Straight


def signed_in(world: World, password: str) -> dict[str, Person]:
    """One sign-in for everybody, whose cookies all clients share."""
    people: dict[str, Person] = {}
    client = Client(world.port, people)
    for who in everybody():
        client.sign_in(who, password)
    client.close()
    return people


def look_once(measured: Measured, client: Client) -> None:
    """Each page of each subject once, uncounted in time: its queries, its weight, and whether it is answered at all."""
    problems = []
    for row in measured.every_row:
        try:
            answers = [_asked(client, row.target, 0, count=True) for _ in range(row.target.subjects)]
        except NotAnswered as problem:
            problems.append(str(problem))
            continue
        counts = [answer.queries or 0 for answer in answers]
        row.queries, row.fewest_queries = max(counts), min(counts)
        row.weight = weight(answers[-1].body, Path(measured.world.prepared["static_root"]))
    if problems:
        raise NotAnswered("\n".join(problems))


def one_client(sides: Sequence[Side], *, rounds: int, on_round: Callable[[], None]) -> None:
    """Every page in a new order each round; of two worlds the same page one right after the other."""
    rng = Random("order of pages")
    for _ in range(rounds):
        order = list(range(len(sides[0].measured.rows)))
        rng.shuffle(order)
        for place, number in enumerate(order):
            for side in sides:
                if place % EMPTY_EVERY == 0:
                    _yardsticks(side)
                row = side.measured.rows[number]
                row.times.add(1, _asked(side.client, row.target, 0))
        on_round()


def many_clients(measured: Measured, people: dict[str, Person], *, clients: int, rounds: int) -> None:
    """So many at once, each through all pages in an order of its own."""
    answers: list[list[tuple[Row, Answer]]] = [[] for _ in range(clients)]
    problems: list[Exception] = []

    def work(number: int) -> None:
        rng, client = Random(f"client {number}"), Client(measured.world.port, people)
        rows = measured.every_row
        try:
            for _ in range(rounds):
                rng.shuffle(rows)
                answers[number] += [(row, _asked(client, row.target, number)) for row in rows]
        except Exception as problem:  # noqa: BLE001 - raised again by whoever waits for this thread
            problems.append(problem)
        finally:
            client.close()

    _together([threading.Thread(target=work, args=(number,)) for number in range(clients)])
    if problems:
        raise problems[0]
    for some in answers:
        for row, answer in some:
            row.times.add(clients, answer)


def _together(threads: Iterable[threading.Thread]) -> None:
    every = list(threads)
    for thread in every:
        thread.start()
    for thread in every:
        thread.join()


def _yardsticks(side: Side) -> None:
    for row in (side.measured.empty, side.measured.smallest):
        row.times.add(1, _asked(side.client, row.target, 0))
    side.measured.straight.server_us.append(side.straight.once())


def _asked(client: Client, target: Target, number: int, *, count: bool = False) -> Answer:
    wanted = target.ask(number)
    answer = client.ask(wanted, count=count)
    if answer.status != target.status:
        raise NotAnswered(f"{target.title}: {wanted.address} as {wanted.who} was answered with {answer.status}.")
    return answer
