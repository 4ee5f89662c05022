"""Say of everything that production asks for whether it is so, and what to do where it is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from clinic.demo.actions.house import DEMO_PASSWORD
from clinic.operations import queries, rules
from clinic.operations.rules import Finding


class Command(BaseCommand):
    help = (
        "Looks at everything that keeps production from starting, at the passwords that everybody knows, and at what "
        "is only advice; prints a line for each. Exit status 0 only when nothing is wrong."
    )
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: Any) -> None:
        findings = [*queries.settings_findings(), *of_the_database()]
        for finding in findings:
            state = "ok" if finding.is_ok else "advice" if finding.is_advice else "not ok"
            self.stdout.write(f"{state:<8}{finding.subject}{f': {finding.to_do}' if finding.to_do else ''}")
        wrong = sum(not (finding.is_ok or finding.is_advice) for finding in findings)
        if wrong:
            raise CommandError(f"{wrong} of {len(findings)} are not ok; each line says what to do.")


def of_the_database() -> list[Finding]:
    """What the database says; or, in its place, that it does not answer."""
    try:
        findings = rules.about_server(queries.server())
        known = (
            queries.weak_passwords([DEMO_PASSWORD]) if all(one.is_ok for one in findings if one.code in NEEDED) else []
        )
    except (DatabaseError, InterfaceError) as problem:
        return [Finding("E009", "Database", rules.no_answer(str(problem).strip().partition("\n")[0]))]
    return [*findings, Finding("E016", "Known passwords", rules.known_passwords(known))]


# Without these the accounts cannot be read.
NEEDED = frozenset({"E008", "E012"})
