"""Is a number possible, and is it likely? Two ranges, one inside the other."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Limits:
    """Outside the outer range a value is refused; outside the inner one it is asked about.

    Both ends of a range belong to it, except that `above_zero` refuses zero itself.
    `decimals` is how many places a value may carry; more is refused, never rounded away.
    """

    label: str
    unit: str
    reject_below: Decimal
    reject_above: Decimal
    confirm_below: Decimal | None = None
    confirm_above: Decimal | None = None
    decimals: int = 0
    above_zero: bool = False

    def rejects(self, value: Decimal) -> bool:
        """Say whether the value cannot be true."""
        if not value.is_finite() or (self.above_zero and value <= 0):
            return True
        return value < self.reject_below or value > self.reject_above or decimal_places(value) > self.decimals

    def asks(self, value: Decimal) -> bool:
        """Say whether the value is possible but unlikely, so that a person should confirm it."""
        too_low = self.confirm_below is not None and value < self.confirm_below
        too_high = self.confirm_above is not None and value > self.confirm_above
        return too_low or too_high

    @property
    def span(self) -> str:
        """The outer range in words."""
        if self.above_zero:
            return f"more than 0 and at most {self.reject_above} {self.unit}".rstrip()
        return f"from {self.reject_below} to {self.reject_above} {self.unit}".rstrip()


def limits(label: str, unit: str, reject: str, confirm: str = "..", decimals: int = 0) -> Limits:
    """Make one row of a limits table: ranges are written "low..high", and ">0..high" leaves zero out."""
    low, high = reject.split("..")
    ask_low, ask_high = confirm.split("..")
    return Limits(
        label=label,
        unit=unit,
        reject_below=Decimal(low.removeprefix(">")),
        reject_above=Decimal(high),
        confirm_below=Decimal(ask_low) if ask_low else None,
        confirm_above=Decimal(ask_high) if ask_high else None,
        decimals=decimals,
        above_zero=low.startswith(">"),
    )


def decimal_places(value: Decimal) -> int:
    """Count the places after the point that are not trailing zeros, without rounding the value."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or exponent >= 0 or not any(digits):
        return 0
    trailing_zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -exponent - trailing_zeros)
