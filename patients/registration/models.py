"""Who is this person? Identity and contacts, as the front desk takes them down."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Lower, Upper
from phonenumber_field.modelfields import PhoneNumberField

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, in_our_time, not_blank, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from patients.registration.rules import RECORD_NUMBER_PATTERN

# What the desk takes down and may change later; everything else about a person is set by the program.
DETAIL_FIELDS = (
    "given_name",
    "family_name",
    "preferred_name",
    "birth_date",
    "sex_at_birth",
    "gender",
    "pronouns",
    "phone",
    "is_voicemail_safe",
    "email",
    "address",
    "city",
    "state",
    "postal_code",
    "language",
    "needs_interpreter",
    "emergency_name",
    "emergency_relation",
    "emergency_phone",
    "escort_name",
    "escort_phone",
    "referrer",
    "payer",
)


# The parts of a name, of which PostgreSQL finds beginnings without looking at the people.
NAME_PARTS = Func(
    Func(Func(F("search_text"), Value(" "), function="string_to_array"), Value(""), function="array_remove"),
    function="array_to_tsvector",
    output_field=SearchVectorField(),
)


class SexAtBirth(models.TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    INTERSEX = "intersex", "Intersex"
    UNKNOWN = "unknown", "Not known"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SPANISH = "es", "Spanish"
    OTHER = "other", "Other"


class Verdict(models.TextChoices):
    REGISTERED = "registered", "Registered anyway"
    SUSPECTED = "suspected", "May be the same person"
    DIFFERENT = "different", "Not the same person"


@tracked(exclude=["search_text", "person_id", "name_keys"])
class Patient(models.Model):
    """One record of a person; after a merge, several stand for one.

    No row is ever moved: a merge points with `merged_into` to the record that stands for the person from then on, and
    that one is itself merged into none.

    PostgreSQL keeps three columns: `person_id` is the record that stands for the person, this one unless it is merged,
    so that `patient__person_id` finds every row of a person; `search_text` is the name in small letters without accents
    and apostrophes; `name_keys` are the words of legal and preferred name in order of the alphabet, for equal names.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_number = models.CharField(max_length=12, unique=True)
    given_name = models.CharField("legal given name", max_length=80)
    family_name = models.CharField("legal family name", max_length=80)
    preferred_name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField()
    sex_at_birth = models.CharField(max_length=10, choices=SexAtBirth.choices)
    gender = models.CharField(max_length=40, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    phone = PhoneNumberField(blank=True)
    is_voicemail_safe = models.BooleanField(default=False)
    email = models.EmailField(max_length=254, blank=True)
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.ENGLISH)
    needs_interpreter = models.BooleanField(default=False)
    emergency_name = models.CharField(max_length=120, blank=True)
    emergency_relation = models.CharField(max_length=60, blank=True)
    emergency_phone = PhoneNumberField(blank=True)
    escort_name = models.CharField(max_length=120, blank=True)
    escort_phone = PhoneNumberField(blank=True)
    referrer = models.CharField(max_length=120, blank=True)
    payer = models.CharField(max_length=120, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    row_version = models.PositiveIntegerField(default=1)
    search_text = models.GeneratedField(
        expression=Func(F("given_name"), F("family_name"), F("preferred_name"), function="stepwell_fold"),
        output_field=models.TextField(),
        db_persist=True,
    )
    person_id = models.GeneratedField(
        expression=Coalesce(F("merged_into"), F("id"), output_field=models.UUIDField()),
        output_field=models.UUIDField(),
        db_persist=True,
    )
    name_keys = models.GeneratedField(
        expression=Func(F("given_name"), F("family_name"), F("preferred_name"), function="stepwell_name_keys"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    classification = Classified(
        identifying=(
            "record_number given_name family_name preferred_name birth_date gender pronouns phone email address city "
            "state postal_code emergency_name emergency_relation emergency_phone escort_name escort_phone search_text "
            "name_keys"
        ),
        clinical="sex_at_birth referrer",
        operational=(
            "id is_voicemail_safe language needs_interpreter payer registered_at registered_by merged_into row_version "
            "person_id"
        ),
    )

    class Meta:
        constraints = [
            not_blank("given_name", name="patient_given_name"),
            not_blank("family_name", name="patient_family_name"),
            models.CheckConstraint(
                condition=Q(record_number__regex=RECORD_NUMBER_PATTERN), name="patient_record_number_form"
            ),
            between("birth_date", "1900-01-01", "2100-01-01", name="patient_born_in_range"),
            one_of("sex_at_birth", list(SexAtBirth.values), name="patient_known_sex"),
            one_of("language", list(Language.values), name="patient_known_language"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="patient_not_merged_into_self"),
            in_our_time("registered_at", name="patient_in_our_time"),
        ]
        indexes = [
            # search by any part of any name, and by a name typed wrong; kept in order as rows come, because people
            # are searched for far more often than registered
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="patient_search_text", fastupdate=False),
            # search by the beginnings of parts of a name, and by whole parts when many begin so
            GinIndex(NAME_PARTS, name="patient_search_parts", fastupdate=False),
            # search by part of a phone number
            GinIndex(OpClass(Upper("phone"), name="gin_trgm_ops"), name="patient_search_phone", fastupdate=False),
            # search by birth date; the list of all people by name
            models.Index(fields=["birth_date"], name="patient_by_birth_date"),
            models.Index(fields=["family_name", "given_name", "id"], name="patient_by_name"),
            # every page about a person: the records that one stands for
            models.Index(fields=["person_id"], name="patient_by_person"),
            # who may be the same: equal names in any order, e-mail, phone, street and number
            GinIndex(fields=["name_keys"], name="patient_by_name_keys", fastupdate=False),
            models.Index(Lower("email"), condition=~Q(email=""), name="patient_by_email"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="patient_by_phone"),
            models.Index(Lower("address"), condition=~Q(address=""), name="patient_by_address"),
        ]

    def __str__(self) -> str:
        return self.record_number

    @property
    def legal_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@tracked(pghistory.InsertEvent())
class DuplicateNote(models.Model):
    """What somebody said about two records that look alike. The latest note on a pair counts.

    `first` is always the record with the smaller id, so that a pair has one spelling.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(identifying="reason", operational="id first second verdict noted_at noted_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_note_in_order"),
            one_of("verdict", list(Verdict.values), name="duplicate_note_known_verdict"),
            models.CheckConstraint(condition=Q(verdict="suspected") | ~Q(reason=""), name="duplicate_note_says_why"),
            in_our_time("noted_at", name="duplicate_note_in_our_time"),
        ]
        indexes = [
            # what was last said of a pair; the pairs that somebody reported, the latest first
            models.Index(fields=["first", "second", "-noted_at"], name="duplicate_note_of_pair"),
            models.Index(fields=["-noted_at"], name="duplicate_note_by_time"),
        ]

    def __str__(self) -> str:
        return self.verdict
