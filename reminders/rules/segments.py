"""How many segments a text costs: GSM-7 where every letter allows it, UCS-2 otherwise.

Source: 3GPP TS 23.038, section 6.2.1 (default alphabet and extension table), and 23.040 for the
room that the header of a joined text takes: 160 or 153 septets, 70 or 67 UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_SINGLE, _JOINED = 160, 153
"""Septets of a text by itself, and of each part of a longer one."""


class Encoding(StrEnum):
    """The alphabet in which a text travels."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Measure:
    """A text's cost: `units` are septets or UTF-16 code units; an empty text has 0 `segments`."""

    encoding: Encoding
    units: int
    segments: int
    odd: tuple[str, ...]
    """The letters that made the text UCS-2, in order of appearance, each once."""


def measure(text: str) -> Measure:
    """Measure `text` as a handset and its network count it.

    A two-unit letter (an escaped one, or one outside the basic plane) is never cut in two: it
    moves into the next segment whole.
    """
    if GSM_BASIC.issuperset(text):  # nearly every text: a unit for each letter
        units = len(text)
        segments = min(units, 1) if units <= _SINGLE else -(-units // _JOINED)
        return Measure(Encoding.GSM7, units, segments, ())
    odd = tuple(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENDED))
    if odd:
        encoding, widths, single, joined = Encoding.UCS2, list(_ucs2(text)), 70, 67
    else:
        encoding, widths, single, joined = Encoding.GSM7, list(_gsm7(text)), _SINGLE, _JOINED
    units = sum(widths)
    if units <= single:
        return Measure(encoding, units, 1 if units else 0, odd)
    return Measure(encoding, units, _pack(widths, joined), odd)


def _gsm7(text: str) -> Iterator[int]:
    return (2 if c in GSM_EXTENDED else 1 for c in text)


def _ucs2(text: str) -> Iterator[int]:
    return (2 if ord(c) > 0xFFFF else 1 for c in text)


def _pack(widths: list[int], room: int) -> int:
    """The number of segments of `room` units that `widths` fill without cutting one."""
    segments, used = 1, 0
    for width in widths:
        if used + width > room:
            segments, used = segments + 1, 0
        used += width
    return segments
