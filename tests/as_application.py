"""What does PostgreSQL say to the application itself? Raw SQL under the plain role that gunicorn uses."""

from collections.abc import Sequence

from django.db import connection, transaction


def run_as_application(statement: str, parameters: Sequence[object] | None = None) -> None:
    """Run one statement as the application role in a savepoint of its own; raises what PostgreSQL refuses."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE stepwell_app")
        cursor.execute(statement, parameters)
        cursor.execute("RESET ROLE")
