"""Do the form templates name every field, unit, help and error so that a screen reader finds them?"""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory


class PlanForm(forms.Form):
    dose = forms.DecimalField(label="Dose", max_value=3, help_text="Plan 3: 0.5 mg/kg.")
    voicemail = forms.ChoiceField(
        label="Safe to leave a voicemail", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="Agreed with the patient")
    note = forms.CharField(label="Note", required=False)
    stamp = forms.CharField(widget=forms.HiddenInput, initial="abc")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dose"].unit = "mg/kg"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(Fieldset("Dose", Row(Column("dose"), Column("note")), "voicemail", "agreed"))


def draw(form: forms.Form, **context: object) -> str:
    request = RequestFactory().get("/")
    return render_to_string("partials/form.html", {"form": form, **context}, request)


def test_every_field_of_the_layout_is_drawn_once_with_its_label():
    drawn = draw(PlanForm(), submit="Save plan")

    names = re.findall(r'name="(\w+)"', drawn)
    assert sorted(names) == ["agreed", "csrfmiddlewaretoken", "dose", "note", "stamp", "voicemail", "voicemail"]
    assert '<label for="id_dose" class="form-label">' in drawn
    assert ">Save plan</button>" in drawn


def test_optional_is_written_and_required_is_not():
    drawn = draw(PlanForm())

    assert drawn.count('<span class="sw-optional">optional</span>') == 1
    assert "*" not in drawn


def test_unit_stands_behind_the_control_and_in_the_label():
    drawn = draw(PlanForm())

    assert '<span class="visually-hidden">, mg/kg</span>' in drawn
    assert '<span class="input-group-text" aria-hidden="true">mg/kg</span>' in drawn


def test_refused_control_names_its_help_and_its_error():
    drawn = draw(PlanForm({"dose": "5", "voicemail": "no", "agreed": "on", "stamp": "abc"}))

    control = re.search(r"<input[^>]*name=\"dose\"[^>]*>", drawn)
    assert control is not None
    assert 'aria-describedby="id_dose_helptext id_dose_error"' in control[0]
    assert 'value="5"' in control[0]
    assert 'id="id_dose_helptext"' in drawn
    assert 'id="id_dose_error"' in drawn


def test_error_summary_links_to_a_control_that_exists_for_each_field():
    drawn = draw(PlanForm({"dose": "5", "stamp": "abc"}))

    targets = re.findall(r'<a href="#([^"]+)"', drawn)
    assert targets == ["id_dose", "id_voicemail_0", "id_agreed"]
    assert all(f'id="{target}"' in drawn for target in targets)
    assert "3 things to put right" in drawn


def test_choices_are_one_group_described_by_their_error():
    drawn = draw(PlanForm({"dose": "1", "agreed": "on", "stamp": "abc"}))

    assert '<fieldset class="sw-group" aria-describedby="id_voicemail_error">' in drawn
    assert drawn.count('class="sw-choice is-wrong"') == 1


def test_help_and_errors_are_text_and_not_markup():
    form = PlanForm({"dose": "5", "stamp": "abc"})
    form.fields["dose"].help_text = "<b>bold</b>"
    form.add_error(None, "<script>alert(1)</script>")

    drawn = draw(form)

    assert "<b>bold" not in drawn
    assert "<script>alert" not in drawn


@pytest.mark.parametrize("style", ["row", "stack", "answers"])
def test_choice_style_changes_the_look_but_not_the_controls(style):
    form = PlanForm()
    form.fields["voicemail"].choice_style = style

    drawn = draw(form)

    assert len(re.findall(r'<input type="radio" name="voicemail"', drawn)) == 2
    assert {"row": "sw-choice", "stack": "sw-stack", "answers": "sw-answers"}[style] in drawn
