"""Is a sealed file read back exactly, and refused for any single bit that is not as it was written?"""

import base64
import hashlib
from pathlib import Path

import pytest

from clinic.kit.refusals import Refusal
from clinic.kit.sealed_file import (
    FIRST_LINE,
    HEAD,
    FileDamaged,
    KeyRefused,
    OtherFormat,
    SealedFile,
    SealedWriter,
    _raw_frames,
    readable_key,
)

KEY = bytes(range(32))
CONTENT = [(b"M", b"what it holds"), (b"D", b"first part"), (b"D", b""), (b"D", b"last part")]


def written(path: Path, key: bytes | None) -> SealedFile:
    with path.open("wb") as file:
        writer = SealedWriter(file, key)
        for kind, body in CONTENT:
            writer.write(kind, body)
        writer.end()
    return SealedFile(path, key)


def read(file: SealedFile) -> list[tuple[bytes, bytes]]:
    file.must_be_whole()
    return list(file.frames())


@pytest.mark.parametrize("key", [None, KEY], ids=["open", "sealed"])
def test_file_comes_back_as_it_was_written(tmp_path: Path, key: bytes | None) -> None:
    file = written(tmp_path / "file", key)

    assert read(file) == CONTENT
    assert file.is_sealed is (key is not None)
    assert (b"first part" in file.path.read_bytes()) is (key is None)


@pytest.mark.parametrize("key", [None, KEY], ids=["open", "sealed"])
def test_flipped_bit_in_any_byte_is_refused(tmp_path: Path, key: bytes | None) -> None:
    raw = written(tmp_path / "file", key).path.read_bytes()
    damaged = tmp_path / "damaged"
    accepted = []
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        damaged.write_bytes(changed)
        try:
            SealedFile(damaged, key).must_be_whole()
        except FileDamaged:
            continue
        accepted.append(place)

    assert accepted == []


@pytest.mark.parametrize("key", [None, KEY], ids=["open", "sealed"])
def test_every_truncation_and_every_byte_behind_the_end_is_refused(tmp_path: Path, key: bytes | None) -> None:
    raw = written(tmp_path / "file", key).path.read_bytes()
    damaged = tmp_path / "damaged"
    for length in range(len(raw)):
        damaged.write_bytes(raw[:length])
        with pytest.raises(FileDamaged):
            SealedFile(damaged, key).must_be_whole()
    damaged.write_bytes(raw + b"\0")

    with pytest.raises(FileDamaged, match=r"its digest is another\. Take another backup file\."):
        SealedFile(damaged, key).must_be_whole()


def test_wrong_key_and_missing_key_are_told_apart_from_damage(tmp_path: Path) -> None:
    file = written(tmp_path / "file", KEY)
    SealedFile(file.path).must_be_whole()

    with pytest.raises(KeyRefused, match="is encrypted: set BACKUP_KEY to the key that it was made with"):
        read(SealedFile(file.path))
    with pytest.raises(KeyRefused, match="BACKUP_KEY does not open"):
        read(SealedFile(file.path, bytes(32)))


@pytest.mark.parametrize("order", [(0, 2, 1), (0, 1, 1, 2, 3, 4), (0, 1, 2, 3), (1, 2, 3, 4)])
def test_part_moved_by_somebody_who_mends_the_digest_is_refused(tmp_path: Path, order: tuple[int, ...]) -> None:
    """The digest is for accidents, and anybody can make it anew; the seals cannot be."""
    first, *frames = raw_frames(written(tmp_path / "file", KEY))
    moved = FIRST_LINE + first + b"".join(frames[number] for number in order)
    digest = hashlib.sha256(moved).digest()
    (tmp_path / "moved").write_bytes(moved + HEAD.pack(b"S", len(digest)) + digest)
    file = SealedFile(tmp_path / "moved", KEY)
    file.must_be_whole()

    with pytest.raises(Refusal):
        list(file.frames())


def raw_frames(file: SealedFile) -> list[bytes]:
    """As they lie in the file, without the last, which is the digest."""
    with file.path.open("rb") as opened:
        return [raw for _, raw in _raw_frames(opened)][:-1]


def test_file_of_a_later_format_names_what_to_do(tmp_path: Path) -> None:
    path = written(tmp_path / "file", None).path
    raw = path.read_bytes().replace(b'"format": 1', b'"format": 2')
    path.write_bytes(raw)

    with pytest.raises(OtherFormat, match=r"was made by a newer Stepwell: restore it with that one\."):
        list(SealedFile(path).frames())


def test_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"PGDMP and more")

    with pytest.raises(FileDamaged, match="is no backup of Stepwell"):
        SealedFile(tmp_path / "file").must_be_whole()


def test_two_files_of_one_key_share_no_bytes_of_their_content(tmp_path: Path) -> None:
    first, second = (raw_frames(written(tmp_path / name, KEY)) for name in ("one", "two"))

    assert not set(first) & set(second)


@pytest.mark.parametrize("text", ["short", "A" * 43, "!" * 43, base64.b64encode(bytes(range(31))).decode()])
def test_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="BACKUP_KEY is not a key of 32 random bytes"):
        readable_key(text)


def test_key_is_read_with_and_without_its_padding() -> None:
    text = base64.urlsafe_b64encode(KEY).decode()

    assert (readable_key(text), readable_key(text.rstrip("=")), readable_key("")) == (KEY, KEY, None)
