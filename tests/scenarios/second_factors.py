"""How does a test get past the second step? An app and a passkey, made here as a phone and a key would make them."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

from clinic.kit.sealing import seal
from clinic.second_factor import actions, rules
from clinic.staff.models import User
from tests.scenarios.cast import PASSWORD

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
HOST = "testserver"
PRESENT, WITH_CREDENTIAL = 0x01, 0x40


def code(now: datetime, *, steps: int = 0) -> str:
    """What the app shows, so many half minutes from now."""
    return rules.code_at(SECRET, rules.step_at(now) + steps)


def with_app(user: User, *, now: datetime) -> User:
    """The same person, with an app whose code of this moment was typed."""
    actions.set_up_app(
        user=user, sealed_secret=seal(SECRET), code=code(now), password=PASSWORD, is_proved=False, now=now
    )
    return user


@dataclass
class SoftKey:
    """A passkey without a device: one credential that counts its uses."""

    origin: str = f"https://{HOST}"
    rp_id: str = HOST
    uses: int = 0
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def made(self, options: str) -> dict[str, Any]:
        """The answer to a question for a new passkey."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(PRESENT | WITH_CREDENTIAL) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def used(self, options: str) -> dict[str, Any]:
        """The answer to a question for a known passkey."""
        self.uses += 1
        client, data = self._client("webauthn.get", options), self._data(PRESENT)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.uses)

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> dict[str, Any]:
        said = {name: text(value) for name, value in response.items()}
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": said}


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
