"""How is the demonstration clinic made? Person by person, through the actions that a real clinic uses."""

from clinic.demo.actions.seed import NotEmpty, must_be_empty, seed

__all__ = ["NotEmpty", "must_be_empty", "seed"]
