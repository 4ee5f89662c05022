"""Every address of the application, with who may call it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from clinic.kit.web import Access
from clinic.staff.permissions import ROLE_PERMISSIONS, Role

REVIEWED = Path(__file__).with_name("routes.csv")


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    access: Access | None
    parameters: tuple[str, ...]

    def row(self) -> dict[str, str]:
        access = self.access
        cells = {"route": self.name, "path": self.path, "caller": access.caller if access else "UNDECLARED"}
        cells["permission"] = " or ".join(access.any_of) if access else ""
        for role in Role:
            allowed = access is not None and (
                not access.any_of or any(each in ROLE_PERMISSIONS[role] for each in access.any_of)
            )
            cells[role.value] = "yes" if allowed else "no"
        return cells


def routes() -> list[Route]:
    return sorted(walk(get_resolver().url_patterns, "/", ()), key=lambda route: (route.path, route.name))


def walk(patterns: list[URLPattern | URLResolver], prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from walk(pattern.url_patterns, path, inside)
        else:
            yield Route(
                name=":".join((*spaces, pattern.name or "UNNAMED")),
                path=path,
                access=getattr(pattern.callback, "access", None),
                parameters=tuple(part.split(":")[-1] for part in _converters(path)),
            )


def _converters(path: str) -> list[str]:
    return [part.split(">")[0] for part in path.split("<")[1:]]


def reviewed() -> list[dict[str, str]]:
    with REVIEWED.open(newline="") as file:
        return list(csv.DictReader(file))


def write_for_review() -> None:
    """Write the file anew; the difference is what a reviewer reads."""
    rows = [route.row() for route in routes()]
    with REVIEWED.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
