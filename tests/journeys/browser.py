"""What does a browser complain about? It is watched throughout a journey, and any complaint fails it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNANSWERED = ("htmx:afterRequest", "htmx:sendError")
REPORT_CSP = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`content security policy: ${event.effectiveDirective} refused ${event.blockedURI || "inline"}`));
"""


@dataclass
class Watch:
    """Collects complaints; a journey that means to be refused says so with `allow`."""

    host: str
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Complaints that match are what this journey is about, for example `status of 403`."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """What remains, in order."""
        return [said for said in self.complaints if not any(re.search(pattern, said) for pattern in self.allowed)]

    def attach(self, context: BrowserContext) -> None:
        """Listen to every page that this context opens."""
        context.add_init_script(REPORT_CSP)
        context.on("console", self._console)
        context.on("weberror", lambda problem: self.complaints.append(f"script: {problem.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # htmx says once more what `_failed` judges: that a request got no answer.
        if message.type in {"error", "warning"} and not message.text.startswith(UNANSWERED):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"blob", "about"} and address.netloc != self.host:
            self.complaints.append(f"request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left aborts what it was still fetching.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed request: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"status of {response.status}: {response.url}")


def check_axe(page: Page) -> None:
    """No accessibility violation on the page as it stands now, once it has arrived in full."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    told = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + "; ".join(f"{node['target']} {node['html'][:160]}" for node in rule["nodes"][:5])
        for rule in found
    ]
    assert not told, f"axe on {urlsplit(page.url).path}:\n" + "\n".join(told)
