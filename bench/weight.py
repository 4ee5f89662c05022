"""How heavy is a page on the wire? Itself, and everything that a browser fetches with it on a first visit."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

STATIC: Final = "/static/"
NAMED: Final = re.compile(rb"""(?:href|src)=["'](/static/[^"'#]+)""")
IMPORTED: Final = re.compile(rb"""(?:from|import)\s*\(?\s*["']([^"']+\.js)["']""")
STYLED: Final = re.compile(rb"""url\(["']?([^"')]+)["']?\)""")
LEVEL: Final = 6


@dataclass(frozen=True)
class Weight:
    """In bytes: as made, as a proxy compresses it, and with all its files on a first visit, compressed."""

    raw: int
    compressed: int
    first_visit: int


def weight(body: bytes, static_root: Path) -> Weight:
    compressed = len(gzip.compress(body, LEVEL))
    return Weight(len(body), compressed, compressed + sum(_sizes(body, static_root).values()))


def _sizes(body: bytes, root: Path) -> dict[str, int]:
    """The files of a page by address, each as small as it is served: modules and styles name further ones."""
    waiting, sizes = [found.decode() for found in NAMED.findall(body)], dict[str, int]()
    while waiting:
        address = waiting.pop()
        path = root / urlsplit(address).path.removeprefix(STATIC)
        if address in sizes or not address.startswith(STATIC) or not path.is_file():
            continue
        sizes[address] = min(one.stat().st_size for one in _served_as(path))
        further = IMPORTED if path.suffix == ".js" else STYLED if path.suffix == ".css" else None
        if further:
            waiting += [urljoin(address, found.decode()) for found in further.findall(path.read_bytes())]
    return sizes


def _served_as(path: Path) -> list[Path]:
    candidates = [path, Path(f"{path}.gz"), Path(f"{path}.br")]
    return [one for one in candidates if one.is_file()]
