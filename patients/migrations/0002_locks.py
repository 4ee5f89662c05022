"""Answers, findings and consents are never changed; what is signed is locked with all that hangs on it."""

from django.db import migrations

from clinic.kit.triggers import append_only, locked_with_parent, sign_lock

APPEND_ONLY = (
    "patients_allergyreview",
    "patients_consent",
    "patients_consentelement",
    "patients_coursetransition",
    "patients_finding",
    "patients_override",
    "patients_questionnaireanswer",
    "patients_questionnaireresponse",
    "patients_weight",
)
HISTORY = (
    "patients_allergyevent",
    "patients_allergyreviewevent",
    "patients_assessmentevent",
    "patients_consentevent",
    "patients_consentelementevent",
    "patients_courseevent",
    "patients_coursetransitionevent",
    "patients_findingevent",
    "patients_overrideevent",
    "patients_patientevent",
    "patients_questionnaireanswerevent",
    "patients_questionnaireresponseevent",
    "patients_treatmentplanevent",
    "patients_weightevent",
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_person_course_and_plan")]
    operations = [
        *[append_only(table) for table in (*APPEND_ONLY, *HISTORY)],
        sign_lock("patients_assessment"),
        sign_lock("patients_treatmentplan"),
        locked_with_parent("patients_finding", parent="patients_assessment", column="assessment_id"),
        locked_with_parent("patients_override", parent="patients_assessment", column="assessment_id"),
    ]
