"""Whose screen is this right now? The login that stands on it, its lock, and the PIN that opens it again."""
