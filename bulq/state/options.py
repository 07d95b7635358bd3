"""What a combobox offers: states fill it, the component shows it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One line of the list; `detail` is quieter (brand, price)."""

    id: str
    label: str
    detail: str = ""
