"""What texts cost: segments by the practice's own price for one."""

from __future__ import annotations

from portal.practices.models import PracticeSettings
from portal.ui.money import money


def cost_words(segments: int, settings: PracticeSettings) -> str:
    """`£0.08` for two segments at 4p; empty where the practice has not said its price."""
    price = settings.segment_price
    return money(price * segments, settings.currency) if price is not None else ""
