"""How is a member of staff named?"""


def named(full_name: str, credentials: str) -> str:
    """The name as it is signed, with what is written after it."""
    return f"{full_name}, {credentials}" if credentials else full_name
