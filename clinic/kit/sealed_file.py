"""How is something large and secret kept in one file? In frames, sealed when there is a key, under one digest.

A file is a first line, a frame that says how it is sealed, the frames of its content, an empty one that proves that
none is missing, and a digest over every byte before it. The digest needs no key, so that anybody can tell a damaged
file; the seals (AES-256-GCM, numbered, a key of their own for each file) tell a changed one. docs/operations.md has
the layout byte for byte.
"""

import base64
import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinic.kit.refusals import Refusal

FIRST_LINE: Final = b"stepwell sealed file\n"
FORMAT: Final = 1
KEY_BYTES: Final = 32
LONGEST_BODY: Final = 16 * 1024 * 1024
HEAD: Final = struct.Struct(">cI")  # what kind of frame, and how long its body is
HOW, END, DIGEST = b"H", b"Z", b"S"


class FileDamaged(Refusal):
    """The bytes are not those that were written."""


class OtherFormat(Refusal):
    """Whole, but written in a way that this program does not know."""


class KeyRefused(Refusal):
    """Whole, but not to be opened with the key at hand."""


class SealedWriter:
    """Writes frame after frame; without `end()` the file stays unreadable, which is right for half a file."""

    def __init__(self, file: BinaryIO, key: bytes | None) -> None:
        self.file = file
        self.seen = hashlib.sha256()
        salt = os.urandom(KEY_BYTES) if key else b""
        how = json.dumps({"format": FORMAT, "cipher": "aes-256-gcm" if key else "none", "salt": salt.hex()}).encode()
        self.seal = _Seal(key, salt, how) if key else None
        self._put(FIRST_LINE)
        self._put(HEAD.pack(HOW, len(how)) + how)

    def write(self, kind: bytes, body: bytes) -> None:
        sealed = self.seal.close(kind, body) if self.seal else body
        self._put(HEAD.pack(kind, len(sealed)) + sealed)

    def end(self) -> None:
        self.write(END, b"")
        digest = self.seen.digest()
        self._put(HEAD.pack(DIGEST, len(digest)) + digest)

    def _put(self, raw: bytes) -> None:
        self.seen.update(raw)
        self.file.write(raw)


@dataclass(frozen=True)
class SealedFile:
    """A file to read, as often as needed; nothing in it is believed before `must_be_whole` has passed."""

    path: Path
    key: bytes | None = None

    def must_be_whole(self, on_bytes: Callable[[int], None] = lambda _count: None) -> None:
        """Every byte is the one that was written: no frame missing, none cut off, nothing behind the end."""
        seen = hashlib.sha256(FIRST_LINE)
        with self.path.open("rb") as file:
            for kind, raw in _raw_frames(file):
                if kind == DIGEST:
                    if raw[HEAD.size :] != seen.digest() or file.read(1):
                        raise FileDamaged(f"{self.path} is damaged: its digest is another. Take another backup file.")
                    on_bytes(len(FIRST_LINE) + len(raw))
                    return
                seen.update(raw)
                on_bytes(len(raw))
        raise FileDamaged(f"{self.path} is damaged: it ends too early. Take another backup file.")

    @property
    def is_sealed(self) -> bool:
        with self.path.open("rb") as file:
            return self._how(_raw_frames(file))["cipher"] != "none"

    def frames(self) -> Iterator[tuple[bytes, bytes]]:
        """The content, frame by frame: its kind, and its body in the clear."""
        with self.path.open("rb") as file:
            frames = _raw_frames(file)
            seal = self._opened(self._how(frames))
            for kind, raw in frames:
                body = raw[HEAD.size :]
                try:
                    clear = seal.open(kind, body) if seal else body
                except InvalidTag:
                    raise KeyRefused(
                        f"BACKUP_KEY does not open {self.path}: set the key that this backup was made with. "
                        "If it is that key, somebody has changed the file."
                    ) from None
                if kind == END:
                    return
                yield kind, clear
        raise FileDamaged(f"{self.path} is damaged: its last part is missing. Take another backup file.")

    def _how(self, frames: Iterator[tuple[bytes, bytes]]) -> dict[str, str]:
        try:
            kind, raw = next(frames)
            how = json.loads(raw[HEAD.size :])
            known = kind == HOW and how["format"] == FORMAT and how["cipher"] in {"none", "aes-256-gcm"}
        except (StopIteration, ValueError, KeyError, TypeError):
            raise FileDamaged(f"{self.path} is damaged: it does not say how it is sealed.") from None
        if not known:
            raise OtherFormat(f"{self.path} was made by a newer Stepwell: restore it with that one.")
        return {**how, "raw": raw[HEAD.size :].decode()}

    def _opened(self, how: dict[str, str]) -> "_Seal | None":
        if how["cipher"] == "none":
            return None
        if self.key is None:
            raise KeyRefused(f"{self.path} is encrypted: set BACKUP_KEY to the key that it was made with.")
        return _Seal(self.key, bytes.fromhex(how["salt"]), how["raw"].encode())


class _Seal:
    """One file's key. Frames are numbered, so that none can be moved, repeated or left out unseen."""

    def __init__(self, key: bytes, salt: bytes, how: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=FIRST_LINE).derive(key)
        self.cipher = AESGCM(derived)
        self.how = how
        self.number = 0

    def close(self, kind: bytes, body: bytes) -> bytes:
        return self.cipher.encrypt(self._next(), body, kind + self.how)

    def open(self, kind: bytes, body: bytes) -> bytes:
        return self.cipher.decrypt(self._next(), body, kind + self.how)

    def _next(self) -> bytes:
        self.number += 1
        return self.number.to_bytes(12, "big")


def _raw_frames(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Kind and whole bytes of each frame; stops at the first that is cut off."""
    if file.read(len(FIRST_LINE)) != FIRST_LINE:
        raise FileDamaged(f"{file.name} is no backup of Stepwell, or its first bytes are damaged.")
    while len(head := file.read(HEAD.size)) == HEAD.size:
        kind, length = HEAD.unpack(head)
        if length > LONGEST_BODY:
            return
        body = file.read(length)
        if len(body) < length:
            return
        yield kind, head + body


def readable_key(text: str) -> bytes | None:
    """The key that a deployment names; none where it names none."""
    if not text:
        return None
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 2:
        raise KeyRefused(
            "BACKUP_KEY is not a key of 32 random bytes. Make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return key
