"""Which states can a course of treatment be in, and which moves between them are allowed?

The table is the project's own design, after the four steps of care: docs/clinical/courses.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class CourseState(StrEnum):
    """Where a course is; the stored value is the code."""

    REFERRED = "referred"
    INTAKE_IN_PROGRESS = "intake_in_progress"
    INTAKE_COMPLETE = "intake_complete"
    UNDER_REVIEW = "under_review"
    MORE_INFO = "more_info"
    DECLINED = "declined"
    ELIGIBLE = "eligible"
    PLANNED = "planned"
    INDUCTION = "induction"
    EVALUATION = "evaluation"
    MAINTENANCE = "maintenance"
    COMPLETED = "completed"
    ON_HOLD = "on_hold"
    DISCONTINUED = "discontinued"
    TRANSFERRED = "transferred"
    DECEASED = "deceased"


STATE_LABELS: Final[Mapping[str, str]] = {
    CourseState.REFERRED.value: "Referred",
    CourseState.INTAKE_IN_PROGRESS.value: "Intake in progress",
    CourseState.INTAKE_COMPLETE.value: "Intake complete",
    CourseState.UNDER_REVIEW.value: "Under review",
    CourseState.MORE_INFO.value: "More information asked for",
    CourseState.DECLINED.value: "Declined",
    CourseState.ELIGIBLE.value: "Eligible",
    CourseState.PLANNED.value: "Planned",
    CourseState.INDUCTION.value: "Induction",
    CourseState.EVALUATION.value: "Evaluation",
    CourseState.MAINTENANCE.value: "Maintenance",
    CourseState.COMPLETED.value: "Completed",
    CourseState.ON_HOLD.value: "On hold",
    CourseState.DISCONTINUED.value: "Discontinued",
    CourseState.TRANSFERRED.value: "Transferred",
    CourseState.DECEASED.value: "Deceased",
}

ENDED_STATES: Final[frozenset[str]] = frozenset(
    state.value
    for state in (
        CourseState.DECLINED,
        CourseState.COMPLETED,
        CourseState.DISCONTINUED,
        CourseState.TRANSFERRED,
        CourseState.DECEASED,
    )
)
ACTIVE_STATES: Final[frozenset[str]] = frozenset(STATE_LABELS) - ENDED_STATES
MAY_BE_TREATED: Final[frozenset[str]] = frozenset(
    state.value for state in (CourseState.PLANNED, CourseState.INDUCTION, CourseState.MAINTENANCE)
)

# Who may make a move, as the clinic calls them; the permission table turns these into rights.
DESK: Final = "front_desk"
NURSE: Final = "nurse"
PRESCRIBER: Final = "prescriber"
PATIENT: Final = "patient"
SYSTEM: Final = "system"


@dataclass(frozen=True)
class Transition:
    """One allowed move: who makes it, and what must be true first. An empty from_state opens a course."""

    from_state: str
    to_state: str
    who: tuple[str, ...]
    guards: tuple[str, ...] = ()


_S = CourseState
_LISTED: Final = (
    Transition("", _S.REFERRED, (DESK,), ("Name, birth date and a contact are recorded.", "Contact is consented to.")),
    Transition(_S.REFERRED, _S.INTAKE_IN_PROGRESS, (DESK, PATIENT)),
    Transition(
        _S.INTAKE_IN_PROGRESS,
        _S.INTAKE_COMPLETE,
        (NURSE,),
        ("The baseline questionnaires are complete.", "A positive suicide screen has been reviewed."),
    ),
    Transition(_S.INTAKE_COMPLETE, _S.UNDER_REVIEW, (NURSE, SYSTEM)),
    Transition(_S.UNDER_REVIEW, _S.MORE_INFO, (PRESCRIBER,), ("What is missing is listed.",)),
    Transition(_S.MORE_INFO, _S.UNDER_REVIEW, (NURSE,), ("Each request is answered.",)),
    Transition(_S.UNDER_REVIEW, _S.DECLINED, (PRESCRIBER,), ("The reason and the alternatives are written down.",)),
    Transition(
        _S.UNDER_REVIEW,
        _S.ELIGIBLE,
        (PRESCRIBER,),
        ("Every contraindication is answered.", "Each hard stop is cleared or overridden by the medical director."),
    ),
    Transition(_S.ELIGIBLE, _S.PLANNED, (PRESCRIBER,), ("The plan is signed.", "The consent is signed.")),
    Transition(_S.PLANNED, _S.INDUCTION, (SYSTEM,), ("The first session has been given.",)),
    Transition(_S.PLANNED, _S.MAINTENANCE, (PRESCRIBER,), ("Care was taken over from elsewhere.",)),
    Transition(_S.INDUCTION, _S.EVALUATION, (SYSTEM,), ("The planned sessions are done or ended early.",)),
    Transition(
        _S.EVALUATION,
        _S.MAINTENANCE,
        (PRESCRIBER,),
        ("Response or partial response is documented.", "A new plan version is signed."),
    ),
    Transition(_S.EVALUATION, _S.COMPLETED, (PRESCRIBER,), ("The reason and the relapse watch are written down.",)),
    Transition(_S.MAINTENANCE, _S.EVALUATION, (SYSTEM, PRESCRIBER)),
)


_TO_RELEASE: Final = (
    "The reason for the hold is resolved.",
    "Checks are fresh.",
    "The front desk releases only what was held for the payer.",
)


def _to_hold() -> tuple[Transition, ...]:
    held = ACTIVE_STATES - {_S.ON_HOLD.value}
    return tuple(
        move
        for state in sorted(held)
        for move in (
            Transition(state, _S.ON_HOLD, (NURSE, PRESCRIBER, SYSTEM), ("The reason is written down.",)),
            Transition(_S.ON_HOLD, state, (PRESCRIBER, DESK), _TO_RELEASE),
        )
    )


def _to_end() -> tuple[Transition, ...]:
    ending = tuple(
        Transition(
            state,
            _S.DISCONTINUED,
            (PRESCRIBER,),
            ("The reason is written down.", "A last safety screen is done or was declined.", "Follow-up is planned."),
        )
        for state in sorted(ACTIVE_STATES)
    )
    leaving = tuple(
        Transition(state, end, (PRESCRIBER,))
        for end in (_S.TRANSFERRED, _S.DECEASED)
        for state in sorted(set(STATE_LABELS) - {_S.DECEASED.value, end.value})
    )
    return ending + leaving


TRANSITIONS: Final[Mapping[tuple[str, str], Transition]] = {
    (str(move.from_state), str(move.to_state)): move for move in (*_LISTED, *_to_hold(), *_to_end())
}


def may_move(from_state: str, to_state: str, *, held_from: str | None = None) -> tuple[str, ...]:
    """Say why a course may not move between two states; an empty tuple means it may.

    `held_from` is the state before a hold: a held course goes back to that state and no other. The guards of the
    move are facts about the person; the action that moves the course checks them.
    """
    for state in (from_state, to_state):
        if state and state not in STATE_LABELS:
            return ("This is not a state a course can be in. Choose one from the list.",)
    move = TRANSITIONS.get((from_state, to_state))
    if move is None:
        before = STATE_LABELS.get(from_state, "New")
        return (f"A course cannot go from “{before}” to “{STATE_LABELS.get(to_state, 'New')}”. {_ways_on(from_state)}",)
    going_back = from_state == _S.ON_HOLD and to_state in ACTIVE_STATES
    if going_back and held_from is not None and to_state != held_from:
        return (f"The hold began in “{STATE_LABELS[held_from]}”: release the course to that state.",)
    return ()


def next_states(from_state: str) -> tuple[str, ...]:
    """List the states a course may move to, in the order of the pathway."""
    return tuple(state for state in STATE_LABELS if (from_state, state) in TRANSITIONS)


def guards(from_state: str, to_state: str) -> tuple[str, ...]:
    """List what must be true before this move, as sentences."""
    move = TRANSITIONS.get((from_state, to_state))
    return () if move is None else move.guards


def _ways_on(from_state: str) -> str:
    ways = [STATE_LABELS[state] for state in next_states(from_state)]
    return f"From here it may become: {', '.join(ways)}." if ways else "This state is final; open a new course."
