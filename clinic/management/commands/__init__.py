"""Each command is a few lines over an action or a query."""
