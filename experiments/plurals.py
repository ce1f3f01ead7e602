"""Numbers of things in words."""


def many(number: float, thing: str) -> str:
    """A number of things: `1 run`, `2 runs`, `1,000 runs`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
