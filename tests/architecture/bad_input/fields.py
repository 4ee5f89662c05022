"""Which fields does the program have, and of which class is each? Whatever cannot be told fails the build."""

import ast
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django import forms

from clinic.kit import forms as kit
from clinic.lock.forms import PinField
from tests.architecture.source import ROOT, modules, name_of, tree_of

# The first that fits counts.
BY_TYPE: tuple[tuple[type[forms.Field], str], ...] = (
    (kit.KeyField, "key"),
    (kit.IdField, "id"),
    (kit.VersionField, "integer"),
    (kit.TickField, "boolean"),
    (PinField, "pin"),
    (kit.PasswordField, "password"),
    (kit.MailField, "email"),
    (kit.PhoneField, "phone"),
    (kit.NameField, "person_name"),
    (kit.NoteField, "note"),
    (kit.WordsField, "words"),
    (kit.ClockField, "clock"),
    (kit.DayField, "day"),
    (kit.QuantityField, "decimal"),
    (forms.DateTimeField, "datetime"),
    (forms.ChoiceField, "choice"),
)
BY_NAME = {"birth_date": "birth_date", "q": "search"}


class UnmappedFieldError(LookupError):
    """A field that no class of the corpus is tried on."""


def class_of(name: str, field: forms.Field) -> str:
    """The class of the corpus whose values are tried on this field."""
    if name in BY_NAME:
        return BY_NAME[name]
    for kind, found in BY_TYPE:
        if isinstance(field, kind):
            return found
    raise UnmappedFieldError(f"{name}: {type(field).__name__}")


def used_forms() -> set[str]:
    """Every form that a view names, as module:class. The style guide only draws one; nobody can send it."""
    found = set()
    for path in modules():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "views" not in parts or "styleguide" in parts:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith(".forms"):
                module = importlib.import_module(node.module)
                for alias in node.names:
                    named = getattr(module, alias.name)
                    if isinstance(named, type) and issubclass(named, forms.Form):
                        found.add(f"{node.module}:{alias.name}")
    return found


def all_forms() -> Iterator[type[forms.Form]]:
    """Every form class of every slice, used or not."""
    for path in modules():
        if path.stem == "forms":
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            yield from (
                each
                for each in vars(module).values()
                if isinstance(each, type) and issubclass(each, forms.Form) and each.__module__ == module.__name__
            )


def parameters(method: str) -> set[str]:
    """Every single parameter that a view takes by name from request.GET or request.POST, as file:name.

    Not the theme of the style guide, which no deployment serves; its own test tries it.
    """
    found = set()
    for path in modules():
        if "styleguide" in path.parts:
            continue
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"):
                continue
            owner = node.func.value
            if isinstance(owner, ast.Attribute) and owner.attr == method and isinstance(node.args[0], ast.Constant):
                found.add(f"{name_of(path)}:{node.args[0].value}")
    return found


@contextmanager
def forms_seen() -> Iterator[list[forms.Form]]:
    """Every form with something in it that is read while this lasts: the program's own, watched, not replaced."""
    seen: list[forms.Form] = []
    plain = forms.BaseForm.full_clean

    def watched(form: Any) -> None:
        if form.is_bound:
            seen.append(form)
        plain(form)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(forms.BaseForm, "full_clean", watched)
        yield seen
