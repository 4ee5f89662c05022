"""How do milligrams move? Drawn, wasted, returned: by one person, before another who proves who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from clinic.kit.refusals import Refusal
from clinic.staff import actions as staff_actions
from clinic.staff.models import User
from sessions.administration.actions.entries import record
from sessions.administration.models import TreatmentSession
from sessions.administration.rules import dosing


class LabelsDiffer(Refusal):
    """Two people read two different concentrations."""


@dataclass(frozen=True)
class Proof:
    """How the second person proves who they are."""

    email: str
    password: str


def draw_drug(
    *,
    session: TreatmentSession,
    data: Mapping[str, Any],
    second_concentration_mg_ml: Decimal,
    proof: Proof,
    by: User,
    now: datetime,
    key: UUID | None = None,
) -> UUID:
    """Draw drug for a session. Refused when the two who read the label do not agree, or the witness is not one."""
    differ = dosing.second_concentration_check(data["concentration_mg_ml"], second_concentration_mg_ml)
    if differ is not None:
        raise LabelsDiffer(differ)
    return move_drug(session=session, kind="draw", data=data, proof=proof, by=by, now=now, key=key)


def move_drug(
    *,
    session: TreatmentSession,
    kind: str,
    data: Mapping[str, Any],
    proof: Proof,
    by: User,
    now: datetime,
    key: UUID | None = None,
) -> UUID:
    """Waste drug or return it unopened (or draw it, the labels having been compared), with a witness."""
    # The proof stands outside the transaction of the entry, so that a wrong try is counted.
    witness = staff_actions.prove_witness(email=proof.email, password=proof.password, other_than=by)
    return record(session=session, kind=kind, data=data, by=by, occurred_at=now, now=now, entry_id=key, witness=witness)
