"""Who may be the same, what a merge would bring together, and which merges stand? pairs, preview, merges."""

from patients.merging.queries.merges import MergeRow, Undoing, merge_of, merges_of, records_of_merges, undoing
from patients.merging.queries.pairs import Pair, PairsPage, pairs_page
from patients.merging.queries.preview import Person, Preview, people_of, preview, what_changed

__all__ = [
    "MergeRow",
    "Pair",
    "PairsPage",
    "Person",
    "Preview",
    "Undoing",
    "merge_of",
    "merges_of",
    "pairs_page",
    "people_of",
    "preview",
    "records_of_merges",
    "undoing",
    "what_changed",
]
