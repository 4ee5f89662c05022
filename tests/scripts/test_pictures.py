import re
import struct
import zlib
from pathlib import Path

from scripts import pictures

ROOT = Path(__file__).resolve().parents[2]


def png(pixels: bytes) -> bytes:
    """A picture one pixel wide, loosely packed in two pieces, with a note beside it."""
    header = struct.pack(">IIBBBBB", 1, len(pixels) // 4, 8, 2, 0, 0, 0)
    loose = zlib.compress(pixels, 0)
    pieces = [(b"IHDR", header), (b"tEXt", b"made by"), (b"IDAT", loose[:9]), (b"IDAT", loose[9:]), (b"IEND", b"")]
    return pictures.SIGNATURE + b"".join(pictures.chunk(kind, body) for kind, body in pieces)


def test_packed_picture_is_smaller_and_has_the_same_pixels():
    pixels = b"\0\1\2\3" * 500
    picture = png(pixels)

    packed = pictures.packed(picture)

    (start,) = [found.end() for found in re.finditer(b"IDAT", packed)]
    assert len(packed) < len(picture)
    assert zlib.decompress(packed[start:-16]) == pixels
    assert b"made by" not in packed


def test_readme_shows_the_pictures_that_the_script_takes_none_too_large():
    shown = re.findall(r"\]\((docs/pictures/[\w-]+\.png)\)", (ROOT / "README.md").read_text())

    assert shown == ["docs/pictures/today.png", "docs/pictures/infusion-sheet.png", "docs/pictures/progress.png"]
    for name in shown:
        picture = (ROOT / name).read_bytes()
        assert picture.startswith(pictures.SIGNATURE)
        assert len(picture) <= pictures.MOST_BYTES
