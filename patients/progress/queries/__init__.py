"""What do pages about a person show? The banner and rail of every page, and the page of progress."""

from patients.progress.queries.journey import Progress, journey_of, progress
from patients.progress.queries.person import Person, patient_of, person

__all__ = ["Person", "Progress", "journey_of", "patient_of", "person", "progress"]
