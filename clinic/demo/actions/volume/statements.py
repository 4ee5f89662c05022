"""How is a statement that gives nothing back run?"""

from django.db import connection


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
