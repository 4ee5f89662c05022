"""What is in the tables? In plain values, to compare two clinics."""

from django.apps import apps
from django.db import connection, models

# What two clinics of one seed do not share: ids that the actions make themselves, and passwords.
NOT_COMPARED = {"id", "password", "digest"}
APPS = ("clinic", "patients", "treatment_sessions")
# A text that names a row by its id.
POINTING = ("questionnaire:", "appointment:", "entry:", "task:")

OF_OURS = "IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
CONSTRAINTS = f"""
    SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE conrelid {OF_OURS}"""
INDEXES = f"""
    SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid {OF_OURS}"""
TRIGGERS = f"""
    SELECT tgrelid::regclass::text, tgname, tgenabled
    FROM pg_trigger WHERE NOT tgisinternal AND tgrelid {OF_OURS}"""

CHECKS = f"""
    SELECT conrelid::regclass::text, conname, pg_get_expr(conbin, conrelid)
    FROM pg_constraint WHERE contype = 'c' AND conrelid {OF_OURS}"""
KEYS = f"""
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, b.attname FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
    WHERE contype = 'f' AND conrelid {OF_OURS}"""


def every_model():
    return [model for label in APPS for model in apps.get_app_config(label).get_models()]


def own_models():
    return [model for model in every_model() if not hasattr(model, "pgh_tracked_model")]


def tracked_models():
    return [model for model in own_models() if hasattr(model, "pgh_event_model")]


def content():
    """Every row of every table in plain values, without ids and whatever points to one."""
    found = {}
    for model in own_models():
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if not isinstance(field, models.UUIDField | models.ForeignKey) and field.name not in NOT_COMPARED
        ]
        rows = (tuple(map(str, row)) for row in model.objects.values_list(*names))
        found[model.__name__] = sorted(tuple(part for part in row if not part.startswith(POINTING)) for row in rows)
    return found


def counts():
    """How many rows each table holds, those of the history too."""
    with connection.cursor() as cursor:
        found = {}
        for model in every_model():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            found[model._meta.db_table] = cursor.fetchone()[0]
        return found


def asked(statement, parameters=None):
    """The rows that a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def catalogue():
    """Every constraint, index and trigger of the schema."""
    return sorted(str(row) for question in (CONSTRAINTS, INDEXES, TRIGGERS) for row in asked(question))


def checked():
    """How many check constraints there are, and which of them some row does not pass."""
    checks = asked(CHECKS)
    return len(checks), [
        name for table, name, said in checks if asked(f"SELECT count(*) FROM {table} WHERE NOT ({said})")[0][0]
    ]


def followed():
    """How many foreign keys there are, and which columns hold one that leads nowhere."""
    keys = asked(KEYS)
    nowhere = "SELECT count(*) FROM {} r WHERE r.{} IS NOT NULL AND NOT EXISTS (SELECT FROM {} o WHERE o.{} = r.{})"
    return len(keys), [
        (table, column)
        for table, column, other, key in keys
        if asked(nowhere.format(table, column, other, key, column))[0][0]
    ]


def elsewhere():
    """How many visits, and how many entries of sessions, name somebody or a room of another house."""
    ((visits,),) = asked(
        """
        SELECT count(*) FROM treatment_sessions_appointment v JOIN clinic_user n ON n.id = v.nurse_id
        JOIN clinic_room r ON r.id = v.room_id WHERE n.home_site_id <> v.site_id OR r.site_id <> v.site_id
        """
    )
    ((entries,),) = asked(
        """
        SELECT count(*) FROM treatment_sessions_sessionentry e
        JOIN treatment_sessions_treatmentsession s ON s.id = e.session_id JOIN clinic_user u ON u.id = e.author_id
        JOIN clinic_room r ON r.id = s.room_id WHERE u.home_site_id <> r.site_id
        """
    )
    return visits, entries


def milligrams():
    """Of each signed session: given, drawn, wasted."""
    return asked(
        """
        SELECT session.given_mg, sum(amount_mg) FILTER (WHERE movement = 'draw'),
               coalesce(sum(amount_mg) FILTER (WHERE movement = 'waste'), 0)
        FROM treatment_sessions_treatmentsession session
        JOIN treatment_sessions_sessionentry entry ON entry.session_id = session.id
        JOIN treatment_sessions_drugrecord drug ON drug.entry_id = entry.id
        WHERE session.signed_at IS NOT NULL GROUP BY session.id
        """
    )
