"""What do pages about a person show? The banner and rail of every page, and the page of progress."""

from patients.progress.queries.journey import Progress, journey_of, progress
from patients.progress.queries.person import Person, Subject, person, subject_of

__all__ = ["Person", "Progress", "Subject", "journey_of", "person", "progress", "subject_of"]
