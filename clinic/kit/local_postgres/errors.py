"""What can go wrong with the private PostgreSQL, said in one sentence."""


class LocalPostgresError(RuntimeError):
    """The private PostgreSQL cannot be used; the message says why and what to do."""
