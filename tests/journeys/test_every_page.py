"""Is every page that any role can reach by links in order? The demonstration clinic, looked at by a machine."""

import logging
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from clinic.demo import actions as demo_actions
from clinic.demo.actions.house import DEMO_PASSWORD
from clinic.staff.models import User
from patients.courses.models import Course
from patients.courses.rules import CourseState
from patients.history.models import Allergy
from patients.registration import actions as registration_actions
from patients.registration.models import Patient
from tests.journeys.browser import Watch, check_axe
from tests.journeys.moved_clock import MOVED_BY, Clock
from tests.journeys.server import Served, served
from tests.journeys.steps import sign_in
from tests.journeys.touch import too_small_to_press
from tests.scenarios import people

LATE_MORNING = datetime(2026, 3, 10, 16, 30, tzinfo=UTC)  # 12:30 pm at Ashby Street, when the house is full
PEOPLE = 24  # the most telling stories
INSTANCES = 5
ROLES = ("fran", "nora", "mika", "paula", "dirk", "theo", "ada", "olga")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TABLET_WIDTH = 820
IN_THE_DARK = frozenset({"sessions:sheet"})
OWN_FOR_EACH_ROLE = frozenset({"clinic:home"})


@pytest.fixture
def clinic(clinic_database: str, tmp_path: Path) -> Iterator[Served]:
    """The demonstration on a Tuesday at half past twelve, and somebody who has just been registered."""
    demo_actions.seed(count=PEOPLE, seed_number=1, now=LATE_MORNING)
    desk = User.objects.get(email="fran@example.org")
    registration_actions.register(details=people.DETAILS, by=desk, now=LATE_MORNING)
    clock = Clock(tmp_path / "moved_by", LATE_MORNING)
    with served(
        clinic_database, DJANGO_SETTINGS_MODULE="tests.journeys.moved_clock", **{MOVED_BY: str(clock.file)}
    ) as running:
        yield running


class Read(HTMLParser):
    """What a page links to, its title, and how many first headings it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.title = ""
        self.first_headings = 0
        self._is_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name in {"href", "hx-get"} and value]
        self.first_headings += tag == "h1"
        self._is_title = tag == "title" and not self.title

    def handle_data(self, data: str) -> None:
        if self._is_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._is_title = self._is_title and tag != "title"


@dataclass
class Round:
    """A round through the house: what was seen and what was wrong, over all roles."""

    names: re.Pattern[str]
    start: tuple[str, ...]
    looked_at: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    linked: dict[str, str] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)

    def go(self, role: str, page: Page, watch: Watch) -> None:
        """Everything that this role reaches, breadth first; one page of each kind in the browser."""
        waiting, known, seen = deque(self.start), set(self.start), Counter[str]()
        while waiting:
            address = waiting.popleft()
            if seen[kind_of(address)] >= INSTANCES and address not in self.start:
                continue
            here, links = self._read(role, page, address)
            kind = kind_of(here)
            seen[kind] += 1
            for link in links:
                if link not in known:
                    known.add(link)
                    waiting.append(link)
                    self.linked[link] = kind
            if links and seen[kind] == 1:
                self._look(role, page, here, kind)
                self.wrong += [f"{role} at {kind}: {said}" for said in watch.unexpected()]
                watch.complaints.clear()
        self.visits[role] = seen.total()

    def _read(self, role: str, page: Page, address: str) -> tuple[str, list[str]]:
        """Where an address leads, and the links there; without a browser, which is quick."""
        answer = page.request.get(address)
        here = urlsplit(answer.url).path
        kind = kind_of(here)
        if answer.status != 200:
            self.wrong.append(f"{role} at {self.linked.get(address)}: {kind} answers {answer.status} to {address}")
            return here, []
        read = Read(answer.text())
        if read.first_headings != 1:
            self.wrong.append(f"{role} at {kind}: {read.first_headings} first headings")
        if not read.title.strip() or self.names.search(read.title):
            self.wrong.append(f"{role} at {kind}: the title is {read.title!r}")
        return here, list(filter(None, (local(address, link) for link in read.links)))

    def _look(self, role: str, page: Page, address: str, kind: str) -> None:
        page.emulate_media(color_scheme="dark" if kind in IN_THE_DARK else "light")
        page.goto(address)
        if kind in IN_THE_DARK:
            page.wait_for_selector("[data-sheet][data-ready]")
        once = f"{kind} of {role}" if kind in OWN_FOR_EACH_ROLE else kind
        if once in self.looked_at:
            return
        self.looked_at.add(once)
        try:
            check_axe(page)
        except AssertionError as found:
            self.wrong.append(f"{role}: {found}")
        page.set_viewport_size(PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.wrong.append(f"{role} at {kind}: {wide} px too wide for a phone")
        for width in (PHONE["width"], TABLET_WIDTH):
            self.wrong += [f"{role} at {kind}, {width} px: {one}" for one in too_small_to_press(page, width=width)]
        page.set_viewport_size(WIDE)


def one_in_each_state() -> tuple[str, ...]:
    """Somebody without a course, somebody allergic, then one person for each state of a course, in their order.

    Many pages exist in some states only, and few links lead to them.
    """
    first_in = {course.state: course.patient_id for course in Course.objects.order_by("-opened_at")}
    found = [
        Patient.objects.filter(courses=None).values_list("pk", flat=True)[0],
        Allergy.objects.order_by("recorded_at").values_list("patient_id", flat=True)[0],
        *(first_in[state] for state in CourseState if state in first_in),
    ]
    return tuple(f"/patients/{patient_id}/" for patient_id in found)


def kind_of(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def local(here: str, link: str) -> str | None:
    """The address within the clinic that a link on a page leads to; nothing for a place on the same page."""
    target = urlsplit(urljoin(here, link))
    if target.netloc or target.scheme not in {"", "http", "https"} or link.startswith("#"):
        return None
    return target.path + (f"?{target.query}" if target.query else "")


def test_every_page_that_a_role_reaches_is_in_order(open_browser: Callable[..., Page], watch: Watch) -> None:
    family_names = Patient.objects.values_list("family_name", flat=True)
    names = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in family_names))
    house = Round(names=names, start=(*one_in_each_state(), "/"))

    with ExitStack() as stack:
        for role in ROLES:
            page = sign_in(open_browser(viewport=WIDE, has_touch=True), f"{role}@example.org", DEMO_PASSWORD)
            stack.callback(page.close)
            house.go(role, page, watch)

    logging.getLogger(__name__).info("visited %s; looked at %s", dict(house.visits), sorted(house.looked_at))
    assert not house.wrong, "\n".join(house.wrong)
    assert min(house.visits.values()) > 5
    assert len(house.looked_at) > 50
