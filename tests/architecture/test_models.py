import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from clinic import grants
from clinic.kit.classification import Classified
from tests.architecture.source import APPS, ROOT, modules, tree_of

OWN_APPS = ("clinic", "patients", "treatment_sessions")
OWN_MODELS = [
    model
    for label in OWN_APPS
    for model in apps.get_app_config(label).get_models()
    if not hasattr(model, "pgh_tracked_model")
]
# Held without a history of rows: they say nothing of a person's care, or are a trail themselves.
UNTRACKED = {
    "AccessEvent",
    "Hold",
    "Job",
    "KnownDevice",
    "Limit",
    "LoginSession",
    "Room",
    "Site",
    "SiteDay",
    "StaffPin",
    "User",
}


def name(model):
    return model.__name__


@pytest.mark.parametrize("model", OWN_MODELS, ids=name)
def test_every_field_is_classified(model):
    classified = model.classification

    assert isinstance(classified, Classified)
    assert sorted(classified.names) == sorted(field.name for field in model._meta.local_fields)


@pytest.mark.parametrize("model", OWN_MODELS, ids=name)
def test_every_clinical_row_has_a_history(model):
    has_history = any(
        getattr(event, "pgh_tracked_model", None) is model
        for label in OWN_APPS
        for event in apps.get_app_config(label).get_models()
    )

    assert has_history is (model.__name__ not in UNTRACKED)


@pytest.mark.parametrize("model", OWN_MODELS, ids=name)
def test_no_model_has_a_standing_order(model):
    assert model._meta.ordering == []


@pytest.mark.parametrize("model", OWN_MODELS, ids=name)
def test_every_key_is_a_uuid_or_another_row(model):
    assert isinstance(model._meta.pk, models.UUIDField | models.OneToOneField)


@pytest.mark.parametrize("model", OWN_MODELS, ids=name)
def test_nothing_is_removed_with_what_it_points_to(model):
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey):
            assert field.remote_field.on_delete is models.PROTECT, field.name


@pytest.mark.parametrize("model", OWN_MODELS, ids=name)
def test_constraint_names_fit_into_postgresql(model):
    names = [constraint.name for constraint in model._meta.constraints] + [index.name for index in model._meta.indexes]

    assert [each for each in names if len(each) > 60] == []


def test_the_table_of_contents_of_each_app_is_complete():
    for app in APPS:
        listed = {
            alias.name
            for node in tree_of(ROOT / app / "models.py").body
            if hasattr(node, "names")
            for alias in node.names
        }
        defined = {
            model.__name__ for model in OWN_MODELS if model.__module__.split(".")[0] == app and not model._meta.abstract
        }

        assert defined == listed & {model.__name__ for model in OWN_MODELS}
        assert defined <= listed


def test_no_clinical_model_is_in_the_admin():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_the_driver_is_psycopg2():
    assert is_psycopg3 is False


def test_quantities_are_never_floats():
    floats = [
        f"{model.__name__}.{field.name}"
        for model in OWN_MODELS
        for field in model._meta.local_fields
        if isinstance(field, models.FloatField | models.JSONField)
    ]

    assert floats == []


@pytest.mark.django_db
def test_every_table_named_in_the_grants_exists():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))

    named = {*grants.MAY_UPDATE, *grants.MAY_DELETE, *grants.READ_ONLY}

    assert named - tables == set()


@pytest.mark.django_db
def test_the_application_role_changes_nothing_but_what_the_list_names():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = %s AND privilege_type NOT IN ('SELECT', 'INSERT')",
            [settings.APP_ROLE],
        )
        held = set(cursor.fetchall())

    assert held == {(table, "UPDATE") for table in grants.MAY_UPDATE} | {
        (table, "DELETE") for table in grants.MAY_DELETE
    }


@pytest.mark.django_db
def test_every_table_that_the_application_cannot_update_also_has_the_trigger():
    clinical = {
        model._meta.db_table
        for label in OWN_APPS
        for model in apps.get_app_config(label).get_models()
        if model._meta.db_table not in grants.MAY_UPDATE and model.__name__ not in {"Site", "Room", "Limit"}
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'append_only'")
        guarded = {row[0] for row in cursor.fetchall()}

    assert clinical - guarded == set()


def test_no_file_is_longer_than_400_lines():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}

    assert {path: lines for path, lines in long.items() if lines > 400} == {}
