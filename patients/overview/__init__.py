"""Who is this person to the clinic, on one page? And the search that leads there."""
