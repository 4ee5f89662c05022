"""What kind of data is in each field? Every model says so, and a test fails on a field that does not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Classified:
    """Field names by kind, separated by spaces.

    `identifying` tells who the person is, `clinical` is about their health or care, `operational` is neither.
    """

    identifying: str = ""
    clinical: str = ""
    operational: str = ""

    @property
    def names(self) -> list[str]:
        return f"{self.identifying} {self.clinical} {self.operational}".split()
