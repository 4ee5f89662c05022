"""Small tools with no clinical word in them."""
