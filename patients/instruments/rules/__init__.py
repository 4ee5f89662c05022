"""Scoring and change, as pure functions. Import the module that answers the question."""
