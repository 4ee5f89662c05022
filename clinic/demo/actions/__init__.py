"""How is the demonstration clinic made? Person by person, through the actions that a real clinic uses."""

from clinic.demo.actions.seed import NotEmpty, must_be_empty, seed
from clinic.demo.actions.volume import NotTheOwner, settle

__all__ = ["NotEmpty", "NotTheOwner", "must_be_empty", "seed", "settle"]
