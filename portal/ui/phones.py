"""Telephone numbers as people read and write them. Stored: E.164 (`+441134960142`)."""

import re

import phonenumbers

# Mobile numbers that Ofcom keeps for drama: invented people have them, the tables do not know them.
DRAMA = re.compile(r"\+447700900\d{3}")


def shown(number: str, region: str | None = None) -> str:
    """Write a stored number for people; without country code for readers in `region` (like "GB").

    What is not a whole number (`116 123`) is shown as it is.
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    at_home = region and parsed.country_code == phonenumbers.country_code_for_region(region)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if at_home else style.INTERNATIONAL)


def dialled(number: str) -> str:
    """Return what a `tel:` address takes: digits, and a plus in front."""
    return "".join(each for each in number if each.isdecimal() or each == "+")
