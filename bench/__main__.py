"""Measure what each page costs: `make bench`, or `make bench SIZE=200000` to see how it grows from 1,000 people."""

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import report, targets
from bench.client import Client, NotAnswered
from bench.measuring import Measured, Row, Side, look_once, many_clients, one_client, signed_in
from bench.straight import straight
from bench.world import NotReady, World, open_world
from clinic.kit.local_postgres import LocalPostgresError

SMALL: Final = 1000
PASSWORD: Final = "quiet water stairs"  # noqa: S105 - of the made-up clinic, printed on every start


def main() -> None:
    asked = _arguments()
    console = Console(width=None if sys.stdout.isatty() else 190)
    try:
        found = _run(asked, console)
    except (NotReady, NotAnswered, LocalPostgresError) as problem:
        console.print(f"The bench did not run whole: {problem}", style="red", markup=False)
        sys.exit(1)
    smaller = found[0] if len(found) > 1 else None
    for measured in found:
        report.print_table(console, measured, smaller if measured is not smaller else None)
    if asked.json:
        plain = [report.as_plain(one, smaller if one is not smaller else None) for one in found]
        asked.json.write_text(json.dumps(plain, indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--size", type=int, default=SMALL, help="how many people; above 1,000 also 1,000, in turns")
    parser.add_argument("--rounds", type=int, default=40, help="how often each page is asked for by one client")
    parser.add_argument("--only", default="", help="only rows whose title holds this")
    parser.add_argument("--alone", action="store_true", help="one client only, and no smaller clinic beside")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    return parser.parse_args()


def _run(asked: argparse.Namespace, console: Console) -> list[Measured]:
    with contextlib.ExitStack() as stack:
        sizes = [asked.size] if asked.alone else sorted({SMALL, asked.size})
        worlds = [stack.enter_context(open_world(size, console)) for size in sizes]
        found = [_empty_table(world, asked.only) for world in worlds]
        people = [signed_in(world, PASSWORD) for world in worlds]
        sides = []
        for measured, cookies in zip(found, people, strict=True):
            client = Client(measured.world.port, cookies)
            stack.callback(client.close)
            client.ask(targets.targets(measured.world)[-1].ask(0))
            look_once(measured, client)
            sides.append(Side(measured, client, stack.enter_context(straight(measured.world))))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("One client, rounds", total=asked.rounds)
            one_client(sides, rounds=asked.rounds, on_round=lambda: progress.advance(task))
        if not asked.alone:
            for measured, cookies in zip(found, people, strict=True):
                for clients in report.CLIENTS[1:]:
                    console.print(f"{measured.world.size:,} people, {clients} clients at once …")
                    many_clients(measured, cookies, clients=clients, rounds=max(1, asked.rounds // clients))
        return found


def _empty_table(world: World, only: str) -> Measured:
    rows = [Row(target) for target in targets.targets(world) if only in target.title]
    return Measured(world, rows, Row(targets.empty(world)), Row(targets.smallest(world)))


if __name__ == "__main__":
    main()
