"""Amounts of money as people write them."""

from decimal import Decimal

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


def money(amount: Decimal, currency: str) -> str:
    """`£0.0375`, `£0.04`, `CHF 1.20`: as many digits as the amount has, and two at least.

    `currency` is an ISO 4217 code.
    """
    whole, _point, part = f"{amount:f}".partition(".")
    digits = f"{whole}.{part.rstrip('0').ljust(2, '0')}"
    sign = SIGNS.get(currency)
    return f"{sign}{digits}" if sign else f"{currency} {digits}"
