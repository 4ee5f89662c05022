"""Which pages are measured, who asks for them, about whom, and what may each of them cost?

A page is a route that answers GET; `tests/bench` compares this table with the routes. `about` names the finder in
`subjects.py` that says whose page it is; several subjects take turns, so that no single person's rows are always warm.
"""

from dataclasses import dataclass, field
from typing import Final

USUAL: Final = 3.0
HUNDREDS: Final = 8.0  # a calendar of 300 cards and a sheet of 300 readings
MOST_QUERIES: Final = 12
MOST_FIRST_VISIT_KB: Final = 200
MOST_PAGE_KB: Final = 30
MOST_GROWTH: Final = 1.3
MOST_TO_SAVE: Final = 2.0

# Measured beside every page: the yardsticks.
EMPTY: Final = "bench:empty"
SMALLEST: Final = "bench:smallest"
SAVING: Final = "sessions:entries"


@dataclass(frozen=True)
class Page:
    """One row of the table. `who` is a member of the demonstration's staff; `note` tells rows of one route apart."""

    route: str
    who: str
    about: str = "nobody"
    note: str = ""
    at_most: float = USUAL
    post: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.route}, {self.note}" if self.note else self.route


PAGES: Final = (
    Page("clinic:home", "fran", note="front desk"),
    Page("clinic:home", "nora", note="nurse"),
    Page("clinic:home", "mika", note="medical assistant"),
    Page("clinic:home", "paula", note="prescriber"),
    Page("clinic:home", "dirk", note="medical director"),
    Page("clinic:home", "theo", note="therapist"),
    Page("clinic:home", "ada", note="administrator"),
    Page("clinic:home", "olga", note="auditor"),
    Page("clinic:today-now", "nora"),
    Page("clinic:wall", "nora"),
    Page("clinic:wall-now", "nora"),
    Page("sessions:day", "fran", note="today"),
    Page("sessions:day", "thirty", "tomorrow", note="30 visits"),
    Page("sessions:day", "hundreds", "tomorrow", note="300 cards", at_most=HUNDREDS),
    Page("sessions:waiting", "fran"),
    Page("sessions:follow-up", "nora"),
    Page("patients:search", "fran", note="nothing typed"),
    Page("patients:search", "fran", note="30 rows", post={"q": "mar"}),
    Page("patients:search", "fran", note="a name typed wrong", post={"q": "kowalzcyk"}),
    Page("patients:search", "fran", note="two names", post={"q": "greta grant"}),
    Page("patients:search", "fran", note="a birth date", post={"q": "4/12/1980"}),
    Page("patients:search", "fran", note="a phone number", post={"q": "202 555 0117"}),
    Page("patients:detail", "fran", "person"),
    Page("patients:allergies", "nora", "person"),
    Page("patients:allergy-retract", "nora", "allergy"),
    Page("patients:assessment", "paula", "person"),
    Page("patients:assessment-record", "paula", "assessment"),
    Page("patients:assessment-pressure", "nora", "open_assessment"),
    Page("patients:assessment-findings", "nora", "open_assessment"),
    Page("patients:assessment-finding", "nora", "open_finding"),
    Page("patients:assessment-override", "dirk", "hard_stop"),
    Page("patients:assessment-reason", "paula", "open_reason"),
    Page("patients:assessment-sign", "paula", "open_assessment"),
    Page("patients:consent", "paula", "consent"),
    Page("patients:consent-new", "nora", "person"),
    Page("patients:course-open", "fran", "person"),
    Page("patients:edit", "fran", "person"),
    Page("patients:plans", "paula", "person"),
    Page("patients:plan", "paula", "plan"),
    Page("patients:plan-edit", "paula", "draft"),
    Page("patients:plan-sign", "paula", "draft"),
    Page("patients:plan-new", "paula", "person"),
    Page("patients:progress", "paula", "person"),
    Page("patients:questionnaires", "nora", "person"),
    Page("patients:questionnaire-new", "nora", "questionnaire"),
    Page("patients:questionnaire", "nora", "response"),
    Page("patients:questionnaire-correct", "nora", "response"),
    Page("patients:register", "fran"),
    Page("patients:duplicates", "ada"),
    Page("patients:duplicates-compare", "ada", "pair"),
    Page("patients:duplicate-report", "fran", "person"),
    Page("patients:merges", "ada", "merged_person"),
    Page("patients:merge-undo", "ada", "merge"),
    Page("sessions:book", "fran", "person"),
    Page("sessions:sheet", "nora", "open_session", note="a usual one"),
    Page("sessions:sheet", "nora", "long_session", note="300 readings", at_most=HUNDREDS),
    Page("sessions:sheet-state", "nora", "open_session", note="a usual one"),
    Page("sessions:sheet-state", "nora", "long_session", note="300 readings", at_most=HUNDREDS),
    Page("sessions:checklist", "nora", "open_session"),
    Page("sessions:override", "nora", "open_session"),
    Page("sessions:drug", "nora", "open_session"),
    Page("sessions:discharge", "nora", "open_session"),
    Page("sessions:sign", "nora", "open_session"),
    Page("sessions:retract", "nora", "open_entry"),
    Page("sessions:confirm", "nora", "open_entry"),
    Page("sessions:record", "nora", "signed_session"),
    Page("sessions:addendum", "nora", "signed_session"),
    Page("sessions:cosign", "paula", "uncosigned_session"),
    Page("sessions:check-in", "nora", "check_in"),
    Page("sessions:visit", "fran", "visit"),
    Page("sessions:visit-cancel", "fran", "visit"),
    Page("sessions:visit-escort", "fran", "visit"),
    Page("clinic:tasks", "nora"),
    Page("clinic:task", "nora", "task"),
    Page("clinic:task-close", "nora", "task"),
    Page("clinic:staff", "ada"),
    Page("clinic:account", "nora"),
    Page("clinic:pin", "nora"),
    Page("clinic:screen", "nora"),
    Page("clinic:second-factor", "nora"),
    Page("clinic:second-factor-passkey-add", "nora"),
    Page("clinic:second-factor-codes", "nora"),
    Page("clinic:second-factor-codes-new", "nora"),
    Page("clinic:second-factor-house", "ada"),
    Page("clinic:trail", "olga", note="newest"),
    Page("clinic:trail", "olga", "trail_of_person", note="one person"),
    Page("clinic:trail", "olga", "trail_of_colleague", note="one colleague"),
    Page("clinic:trail", "olga", "trail_refused", note="only refused"),
    Page("clinic:trail-changes", "olga", note="newest"),
    Page("clinic:trail-changes", "olga", "trail_of_person", note="one person"),
    Page("clinic:trail-changes", "olga", "trail_of_colleague", note="one colleague"),
    Page("clinic:trail-row", "olga", "change"),
)

# Routes that answer GET and are not measured, each with the reason.
NOT_MEASURED: Final = {
    "healthz": "asked by machines, without a session; answers with one word",
    "readyz": "asked by machines, without a session; answers with one word",
    "clinic:kept": "shown only after a login ended while somebody typed",
    "clinic:switch": "answers GET only by leading to today’s page",
    "clinic:unlock": "answers GET only by leading to today’s page",
    "clinic:second-factor-app": "opened once by each person; the picture to scan is drawn anew each time",
    "clinic:second-factor-app-remove": "found only by somebody with an app; the demonstration has none",
    "clinic:second-factor-passkey-remove": "found only by somebody with a passkey; the demonstration has none",
    "clinic:second-factor-reset": "a form about one colleague, opened when a phone is lost",
    "mfa_authenticate": "asked without a session: it has neither the shell nor the access log of the empty page",
    "mfa_passkey": "answers no GET of its own: it leads back to the first step",
    "account_login": "asked without a session: it has neither the shell nor the access log of the empty page",
    "account_logout": "asked without a session: it has neither the shell nor the access log of the empty page",
}
