"""How is the demonstration clinic made? Person by person, through the actions that a real clinic uses."""

from clinic.demo.actions.seed import NotEmpty, seed

__all__ = ["NotEmpty", "seed"]
