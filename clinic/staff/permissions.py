"""Who may do what? The whole access policy of the clinic on one screen.

Source: docs/clinical/roles.md. A person may hold several roles, but never both sides of a two-person control.
"""

from enum import StrEnum


class Role(StrEnum):
    FRONT_DESK = "front_desk"
    NURSE = "nurse"
    MEDICAL_ASSISTANT = "medical_assistant"
    PRESCRIBER = "prescriber"
    MEDICAL_DIRECTOR = "medical_director"
    THERAPIST = "therapist"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Permission(StrEnum):
    FIND_PATIENT = "find_patient"  # name, contacts, banner; whether forms are done, not what they say
    REGISTER_PATIENT = "register_patient"
    MERGE_PEOPLE = "merge_people"  # declare two records one person, and take it back
    OPEN_COURSE = "open_course"
    RECORD_ALLERGIES = "record_allergies"
    VIEW_CLINICAL = "view_clinical"  # answers, findings, plans, progress
    RECORD_ANSWERS = "record_answers"
    RECORD_FINDINGS = "record_findings"
    DECIDE_ELIGIBILITY = "decide_eligibility"
    OVERRIDE_HARD_STOP = "override_hard_stop"
    WRITE_PLAN = "write_plan"
    SIGN_PLAN = "sign_plan"
    RECORD_CONSENT = "record_consent"
    VIEW_SCHEDULE = "view_schedule"
    BOOK = "book"
    MOVE_VISIT = "move_visit"  # arrived, no-show, escort
    VIEW_SESSION = "view_session"
    CHART_VITALS = "chart_vitals"
    CHART_SESSION = "chart_session"  # start, rate, stop, events, drug, discharge
    WITNESS = "witness"
    SIGN_SESSION = "sign_session"
    ADD_ADDENDUM = "add_addendum"
    VIEW_FOLLOW_UP = "view_follow_up"
    RECORD_FOLLOW_UP = "record_follow_up"
    VIEW_TASKS = "view_tasks"
    CLOSE_TASK = "close_task"
    VIEW_TRAIL = "view_trail"
    VIEW_STAFF = "view_staff"
    MANAGE_SIGN_IN = "manage_sign_in"  # second factors of others, and whether everybody needs one

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


P = Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.FRONT_DESK: frozenset(
        {P.FIND_PATIENT, P.REGISTER_PATIENT, P.OPEN_COURSE, P.RECORD_ALLERGIES, P.VIEW_SCHEDULE, P.BOOK, P.MOVE_VISIT}
    ),
    Role.NURSE: frozenset(
        {P.FIND_PATIENT, P.RECORD_ALLERGIES, P.VIEW_CLINICAL, P.RECORD_ANSWERS, P.RECORD_FINDINGS, P.RECORD_CONSENT}
        | {P.VIEW_SCHEDULE, P.MOVE_VISIT, P.VIEW_SESSION, P.CHART_VITALS, P.CHART_SESSION, P.WITNESS, P.SIGN_SESSION}
        | {P.ADD_ADDENDUM, P.VIEW_FOLLOW_UP, P.RECORD_FOLLOW_UP, P.VIEW_TASKS, P.CLOSE_TASK}
    ),
    Role.MEDICAL_ASSISTANT: frozenset(
        {P.FIND_PATIENT, P.RECORD_ALLERGIES, P.VIEW_SCHEDULE, P.MOVE_VISIT, P.VIEW_SESSION, P.CHART_VITALS}
    ),
    Role.PRESCRIBER: frozenset(
        {P.FIND_PATIENT, P.RECORD_ALLERGIES, P.OPEN_COURSE, P.VIEW_CLINICAL, P.RECORD_ANSWERS, P.RECORD_FINDINGS}
        | {P.DECIDE_ELIGIBILITY, P.WRITE_PLAN, P.SIGN_PLAN, P.RECORD_CONSENT, P.VIEW_SCHEDULE, P.VIEW_SESSION}
        | {P.CHART_VITALS, P.CHART_SESSION, P.WITNESS, P.SIGN_SESSION, P.ADD_ADDENDUM, P.VIEW_FOLLOW_UP}
        | {P.RECORD_FOLLOW_UP, P.VIEW_TASKS, P.CLOSE_TASK}
    ),
    Role.MEDICAL_DIRECTOR: frozenset(
        {P.FIND_PATIENT, P.VIEW_CLINICAL, P.OVERRIDE_HARD_STOP, P.DECIDE_ELIGIBILITY, P.VIEW_SCHEDULE}
        | {P.VIEW_SESSION, P.VIEW_FOLLOW_UP, P.VIEW_TASKS, P.CLOSE_TASK, P.ADD_ADDENDUM}
    ),
    Role.THERAPIST: frozenset(
        {P.FIND_PATIENT, P.VIEW_CLINICAL, P.RECORD_ANSWERS, P.VIEW_SCHEDULE, P.VIEW_FOLLOW_UP, P.RECORD_FOLLOW_UP}
        | {P.VIEW_TASKS}
    ),
    Role.ADMINISTRATOR: frozenset(
        {P.FIND_PATIENT, P.REGISTER_PATIENT, P.MERGE_PEOPLE, P.VIEW_SCHEDULE, P.BOOK, P.VIEW_STAFF, P.MANAGE_SIGN_IN}
    ),
    Role.AUDITOR: frozenset(
        {P.FIND_PATIENT, P.VIEW_SCHEDULE, P.VIEW_CLINICAL, P.VIEW_SESSION, P.VIEW_FOLLOW_UP, P.VIEW_TASKS}
        | {P.VIEW_TRAIL, P.VIEW_STAFF}
    ),
}
