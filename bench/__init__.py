"""What does a page cost? The application under load, as it would be served, against its own empty page."""
