"""Every part that pages are composed of, in every state, on one page. Served in development only."""
