"""Where the cards of a gathered page stand."""

from __future__ import annotations

from collections.abc import Iterable

from portal.ui.cards import Card


def in_columns(cards: Iterable[Card]) -> dict[str, list[Card]]:
    """The cards of `top`, `main` and `aside`, each in their order."""
    columns: dict[str, list[Card]] = {"top": [], "main": [], "aside": []}
    for card in cards:
        columns[card.column].append(card)
    return columns
