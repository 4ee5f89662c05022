"""How does a person leave? With every criterion met, against advice, or without having been treated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.staff.models import User
from sessions.administration import queries
from sessions.administration.actions.entries import record
from sessions.administration.actions.judging import LEFT_AGAINST_ADVICE
from sessions.administration.models import SessionState, TreatmentSession
from sessions.administration.rules.charting import EntryRefused


@transaction.atomic
def discharge(
    *,
    session: TreatmentSession,
    data: Mapping[str, Any],
    by: User,
    now: datetime,
    key: UUID | None = None,
    against_advice: str = "",
    not_treated: str = "",
) -> UUID:
    """Send the person home. Refused with everything that is missing, unless they leave against advice.

    `against_advice` and `not_treated` are the reasons for those two ways out; without a start the second is needed.
    """
    if key is not None and key in queries.known_digests([key]):
        return key
    if session.state == SessionState.PREPARING and not not_treated:
        raise EntryRefused("Nothing was given. Write down why the person is not treated today.")
    if not_treated:
        text = f"Not treated today: {not_treated}"
        record(session=session, kind="note", data={"text": text}, by=by, occurred_at=now, now=now)
    if against_advice:
        event = {"term": LEFT_AGAINST_ADVICE, "grade": 1, "detail": against_advice}
        record(session=session, kind="event", data=event, by=by, occurred_at=now, now=now)
    return record(session=session, kind="discharge", data=data, by=by, occurred_at=now, now=now, entry_id=key)
