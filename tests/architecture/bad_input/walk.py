"""How is one form tried, and what is wrong with an answer? Refused values together, taken ones together, others alone.

Refused values may share a request because each field is judged by itself: every one of them must be named.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from django import forms
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.architecture.bad_input import corpus, normal
from tests.architecture.bad_input.case import Case
from tests.architecture.bad_input.corpus import ACCEPT, EITHER, REFUSE, Odd
from tests.architecture.bad_input.fields import class_of, forms_seen
from tests.architecture.bad_input.world import World
from tests.scenarios.cast import PASSWORD

URLENCODED = "application/x-www-form-urlencoded"
SLOW_SECONDS = 1.0
TAKEN, REFUSED, UNREADABLE = 302, 422, 400
HALF = re.compile("[\ud800-\udfff]")
NOT_TYPED = frozenset({"choice", "boolean", "key", "id", "password", "pin"})


@dataclass
class Report:
    """What was found, by the field it was found at, and how often each kind of answer came."""

    faults: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    values: int = 0

    def blame(self, where: str, sent: object, what: str) -> None:
        self.faults.append(f"{where} {ascii(sent)[:90]}: {what}")


@dataclass(frozen=True)
class Answer:
    status: int
    html: str
    form: forms.Form | None

    @property
    def errors(self) -> dict[str, Any]:
        return dict(self.form.errors) if self.form is not None else {}


@dataclass
class Walk:
    """One form at one address, with somebody signed in who may send it."""

    world: World
    case: Case
    client: Client
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        self.path = reverse(self.case.route, kwargs=self.case.ids(self.world))
        self.body = dict(self.case.body(self.world))
        with self.sent({}) as answer:
            assert answer.status == TAKEN, (answer.status, answer.errors, text_of(answer.html)[:600])
            assert answer.form is not None
            self.fields = dict(answer.form.fields)
            self.kinds = {name: class_of(name, each) for name, each in self.fields.items()}
            stored = self.case.stored(self.world, self.body)
            told = set(stored) | self.case.unstored
            assert set(self.fields) <= told, f"say where these end up: {sorted(set(self.fields) - told)}"
            self._compare(stored, {name: self.body.get(name, "") for name in self.fields})
        self.report.fields = len(self.fields)

    # ---------------------------------------------------------------- sending
    @contextmanager
    def sent(self, changed: Mapping[str, str]) -> Iterator[Answer]:
        """The answer to the usual body with some values changed; afterwards it never happened."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            began = time.perf_counter()
            answer = self._post({**self.body, **changed})
            if time.perf_counter() - began > SLOW_SECONDS:
                # A busy machine is slow once, a bad pattern twice.
                began = time.perf_counter()
                self._post({**self.body, **changed})
                if time.perf_counter() - began > SLOW_SECONDS:
                    self.report.blame(self.case.name, sorted(changed), "took more than a second, twice")
            yield answer
            transaction.set_rollback(True)
        self.client.cookies = cookies

    def _post(self, body: Mapping[str, str]) -> Answer:
        return self.posted(encoded(body))

    def posted(self, raw: bytes) -> Answer:
        """The answer to a body as it stands."""
        with forms_seen() as seen:
            response = self.client.post(self.path, raw, content_type=URLENCODED)
        own = [each for each in seen if type(each).__name__ == self.case.form]
        return Answer(response.status_code, response.content.decode(), own[-1] if own else None)

    # ---------------------------------------------------------------- trying
    def run(self) -> Report:
        tries = {name: self._values_of(name) for name in self.fields}
        each = [(name, odd) for name, odds in tries.items() for odd in odds]
        self.report.values = len(each)
        for name, odd in each:
            if HALF.search(odd.value):
                self._try_half(name, odd.value)
            elif odd.right == EITHER:
                self._try_either(name, odd.value)
        for together in zipped(tries, REFUSE):
            self._try_refused(together)
        for together in zipped(tries, ACCEPT):
            self._try_taken(together)
        return self.report

    def _values_of(self, name: str) -> list[Odd]:
        """What is tried on a field: its class, and what follows from its own length and need."""
        kind, own = self.kinds[name], self.fields[name]
        longest = getattr(own, "max_length", None)
        tried = [*corpus.values(kind), *corpus.made_for(kind, longest, is_required=own.required)]
        if kind == "password":
            return [Odd(each.value, EITHER) for each in tried]
        if name in self.case.decided:
            good = [Odd(each.value, EITHER) for each in tried if each.right == ACCEPT]
            tried = [*(each for each in tried if each.right != ACCEPT), *good[::4]]
        return [fitted(odd, longest) for odd in tried]

    def _try_half(self, name: str, value: str) -> None:
        with self.sent({name: value}) as answer:
            self._count(answer)
            if answer.status != UNREADABLE:
                self.report.blame(f"{self.case.name} {name}", value, f"answered {answer.status}, not 400")

    def _try_refused(self, together: Mapping[str, str]) -> None:
        with self.sent(together) as answer:
            self._count(answer, len(together))
            if answer.status != REFUSED:
                self.report.blame(self.case.name, together, f"answered {answer.status}, not 422")
                return
            for name, value in together.items():
                if name not in answer.errors:
                    self.report.blame(f"{self.case.name} {name}", value, "was not refused by name")
                elif not self._is_kept(name, value, answer):
                    self.report.blame(f"{self.case.name} {name}", value, "is not on the page any more")

    def _try_taken(self, together: Mapping[str, str]) -> None:
        with self.sent(together) as answer:
            self._count(answer, len(together))
            if answer.status == TAKEN:
                connection.check_constraints()
                self._compare(self.case.stored(self.world, {**self.body, **together}), together)
                return
            named = {name: (together.get(name), list(why)) for name, why in answer.errors.items()}
            self.report.blame(self.case.name, named or together, f"answered {answer.status}, not 302")

    def _try_either(self, name: str, value: str) -> None:
        where = f"{self.case.name} {name}"
        with self.sent({name: value}) as answer:
            self._count(answer)
            if answer.status == TAKEN:
                connection.check_constraints()
                if self.kinds[name] == "password" and normal.password(value) != PASSWORD:
                    self.report.blame(where, value, "was taken for the password")
                self._compare(self.case.stored(self.world, {**self.body, name: value}), {name: value})
            elif answer.status != REFUSED or not (answer.errors or name == "row_version"):
                self.report.blame(where, value, f"answered {answer.status} with {answer.errors}")
            elif self.kinds[name] == "password" and len(value) > 8 and f'value="{escape(value)}"' in answer.html:
                self.report.blame(where, value, "is shown again")

    # ---------------------------------------------------------------- judging
    def _compare(self, stored: Mapping[str, Any], changed: Mapping[str, str]) -> None:
        for name, sent in changed.items():
            if name not in stored or name in self.case.unstored:
                continue
            try:
                differs = normal.differs(self.kinds[name], sent, stored[name])
            except normal.NotReadableError:
                self.report.blame(f"{self.case.name} {name}", sent, f"was taken as {stored[name]!r}")
                continue
            if differs:
                self.report.blame(f"{self.case.name} {name}", sent, f"reads back as {stored[name]!r}")

    def _is_kept(self, name: str, value: str, answer: Answer) -> bool:
        """What was typed stands on the page again. A hidden field and a choice that there is not cannot."""
        field_on_page = answer.form.fields[name] if answer.form else self.fields[name]
        if self.kinds[name] in NOT_TYPED or field_on_page.widget.is_hidden:
            return True
        return escape(value) in answer.html

    def _count(self, answer: Answer, values: int = 1) -> None:
        self.report.answers[str(answer.status)] += values


def fitted(odd: Odd, longest: int | None) -> Odd:
    """What is too long for the field is refused there, however good it is."""
    if odd.right != REFUSE and longest is not None and len(normal.text(odd.value)) > longest:
        return Odd(odd.value, REFUSE)
    return odd


def zipped(tries: Mapping[str, list[Odd]], right: str) -> Iterator[dict[str, str]]:
    """One value for each field at a time until every value of every field had its turn."""
    chosen = {
        name: [odd.value for odd in odds if odd.right == right and not HALF.search(odd.value)]
        for name, odds in tries.items()
    }
    for turn in range(max((len(each) for each in chosen.values()), default=0)):
        yield {name: each[turn % len(each)] for name, each in chosen.items() if each}


def encoded(body: Mapping[str, str]) -> bytes:
    """As a browser sends it; half characters, which no browser sends, as the bytes they would be."""
    pairs = (f"{quote_plus(name)}={quote_plus(value.encode('utf-8', 'surrogatepass'))}" for name, value in body.items())
    return "&".join(pairs).encode("ascii")


def text_of(html: str) -> str:
    """The words of a page, for a message."""
    bare = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())
