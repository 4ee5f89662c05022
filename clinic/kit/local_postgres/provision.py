"""Which roles and databases does the private PostgreSQL have? An owner of the schema and a plain application role."""

import psycopg2
from psycopg2 import sql

DATABASE = "stepwell"
OWNER_ROLE = "stepwell_owner"
APP_ROLE = "stepwell_app"
SUPERUSER = "postgres"


def provision(socket_dir: str, *, for_tests: bool) -> None:
    """Make what is missing; safe to repeat. In tests the owner also makes databases and can act as the application."""
    connection = psycopg2.connect(host=socket_dir, port=5432, user=SUPERUSER, dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for role in (OWNER_ROLE, APP_ROLE):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if for_tests:
                cursor.execute(f"ALTER ROLE {OWNER_ROLE} CREATEDB")
                cursor.execute(f"GRANT {APP_ROLE} TO {OWNER_ROLE}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
    finally:
        connection.close()
