import pytest
from django import forms

from clinic.kit import wording
from clinic.kit.forms import BaseForm, DayField, WordsField
from tests.architecture.bad_input.fields import all_forms

# A label such as "Weighed on" makes no sentence; its form says one in `if_empty`.
HANGING = (" because.", " by.", " for.", " on.", " to.")


class Meal(BaseForm):
    day = DayField(label="Day of the meal")
    dish = forms.ChoiceField(label="Dish", choices=[("soup", "Soup")])
    guest = WordsField(label="Guest", max_length=20, error_messages={"required": "Who eats?"})
    table = WordsField(label="Laid for", max_length=20)
    if_empty = {"table": "Enter how many the table is laid for."}


@pytest.mark.parametrize(
    ("label", "is_choice", "sentence"),
    [
        ("Birth date", False, "Enter the birth date."),
        ("Sex at birth", True, "Choose the sex at birth."),
        ("How it was answered", True, "Say how it was answered."),
        ("Why is it wrong?", False, "Answer “Why is it wrong?”"),
        ("E-mail of the witness", False, "Enter the e-mail of the witness."),
        ("SpO₂ at rest", False, "Enter the SpO₂ at rest."),
        ("ZIP code", False, "Enter the ZIP code."),
        ("Aldrete score", False, "Enter the Aldrete score."),
    ],
)
def test_sentence_is_made_of_the_label(label, is_choice, sentence):
    assert wording.asks_for(label, is_choice=is_choice) == sentence


def test_form_says_for_each_empty_field_what_to_do():
    form = Meal({})

    assert form.errors == {
        "day": ["Enter the day of the meal."],
        "dish": ["Choose the dish."],
        "guest": ["Who eats?"],
        "table": ["Enter how many the table is laid for."],
    }


def test_choice_that_is_none_is_refused_without_repeating_it():
    form = Meal({"dish": "<b>soap</b>"})

    assert form.errors["dish"] == [wording.NO_CHOICE]


@pytest.mark.parametrize("form", list(all_forms()), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_sentences_of_a_form_name_fields_that_it_has(form):
    assert set(getattr(form, "if_empty", {})) <= set(form.base_fields)


@pytest.mark.parametrize("form", list(all_forms()), ids=lambda form: f"{form.__module__}.{form.__name__}")
def test_sentences_of_a_form_are_whole(form):
    made = [
        wording.asks_for(str(field.label or name))
        for name, field in form.base_fields.items()
        if field.required and not field.widget.is_hidden and name not in getattr(form, "if_empty", {})
        if str(field.error_messages["required"]) == wording.OF_DJANGO
    ]

    assert [said for said in made if said.startswith(("Enter", "Choose")) and said.endswith(HANGING)] == []
