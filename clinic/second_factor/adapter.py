"""How do allauth and fido2 do what we ask of them? Secrets sealed, and every broken passkey answer is one refusal."""

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from qrcode import QRCode

from clinic.kit.json_guard import JsonRefused, read_json
from clinic.kit.refusals import Refusal
from clinic.kit.sealing import seal, unseal
from clinic.staff.models import User

LARGEST_ANSWER_BYTES = 16 * 1024
NAME = "Stepwell"
# What the library raises on an answer that no honest browser sends.
BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    NotImplementedError,  # fido2, of a kind of key that it does not know
    RecursionError,
    struct.error,
    InvalidSignature,
    UnsupportedAlgorithm,
)


class PasskeyRefused(Refusal):
    """What the browser sent is no answer of a passkey to the question that was asked."""


class StaffSecondFactorAdapter(DefaultMFAAdapter):
    """What allauth stores is sealed."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


@dataclass(frozen=True)
class Question:
    """What the browser is asked (JSON for its script), and what the answer is held against."""

    options: str
    state: dict[str, Any]


@dataclass(frozen=True)
class Square:
    """A picture of dark squares on light: its side in squares, and the path of the dark ones."""

    side: int
    path: str


@dataclass(frozen=True)
class ToScan:
    """What an app needs to know, as a picture and in letters."""

    square: Square
    secret: str


def app_to_scan(user: User, sealed_secret: str) -> ToScan:
    """The secret of an app that is being set up."""
    secret = unseal(sealed_secret)
    return ToScan(qr_square(get_adapter().build_totp_url(user, secret)), secret)


def qr_square(address: str) -> Square:
    """The QR code of an address, to be drawn inside the page."""
    code = QRCode(border=4)
    code.add_data(address)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Square(len(rows), "".join(dark))


def takes_passkeys(host: str) -> bool:
    """Browsers bind a passkey to a name; at a bare address of numbers there are none."""
    name = host.rpartition(":")[0] or host if not host.startswith("[") else host.strip("[]").partition("]")[0]
    try:
        ip_address(name)
    except ValueError:
        return True
    return False


def ask_new_passkey(user: User, keys: Iterable[Authenticator], *, host: str) -> Question:
    """Ask the browser to make a passkey, other than those that this person has."""
    person = PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=user.full_name)
    options, state = _server(host).register_begin(
        user=person,
        credentials=[credential_of(key) for key in keys],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Question(json.dumps(dict(options)), dict(state))


def ask_passkey(keys: Iterable[Authenticator], *, host: str) -> Question:
    """Ask the browser for an answer of one of these passkeys."""
    options, state = _server(host).authenticate_begin(
        credentials=[credential_of(key) for key in keys], user_verification=UserVerificationRequirement.PREFERRED
    )
    return Question(json.dumps(dict(options)), dict(state))


def read_new_passkey(answer: str, *, state: dict[str, Any] | None, host: str) -> dict[str, Any]:
    """What is stored of a new passkey, after the answer was held against the question."""
    sent = _read(answer)
    try:
        _server(host).register_complete(state, sent)
        # Read once more as it will be read later, so that nothing unreadable is stored.
        RegistrationResponse.from_dict(sent)
    except BROKEN as error:
        raise PasskeyRefused("That passkey was not accepted. Reload the page, then add it again.") from error
    return sent


def read_passkey(
    answer: str, keys: Iterable[Authenticator], *, state: dict[str, Any] | None, host: str
) -> tuple[Authenticator, int]:
    """Which passkey answered, and how often it says that it was used (0 when it does not count)."""
    sent, by_id = _read(answer), {credential_of(key).credential_id: key for key in keys}
    try:
        used = _server(host).authenticate_complete(state, [credential_of(key) for key in by_id.values()], sent)
        counted = AuthenticationResponse.from_dict(sent).response.authenticator_data.counter
    except BROKEN as error:
        raise PasskeyRefused("That passkey was not accepted. Try again, or use a code.") from error
    return by_id[used.credential_id], counted


def credential_of(key: Authenticator) -> AttestedCredentialData:
    """The public half of a stored passkey."""
    stored = RegistrationResponse.from_dict(key.data["credential"])
    credential: AttestedCredentialData = stored.response.attestation_object.auth_data.credential_data
    return credential


def public_id(key: Authenticator) -> str:
    """The passkey's own id, for an address: random, and no number of ours."""
    return websafe_encode(credential_of(key).credential_id)


def _read(answer: str) -> dict[str, Any]:
    try:
        sent = read_json(answer.encode("utf-8", "replace"), max_bytes=LARGEST_ANSWER_BYTES)
    except JsonRefused as refusal:
        raise PasskeyRefused("The browser sent no passkey. Reload the page, then try again.") from refusal
    if not isinstance(sent, dict):
        raise PasskeyRefused("The browser sent no passkey. Reload the page, then try again.")
    return sent


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.partition(":")[0], name=NAME))
