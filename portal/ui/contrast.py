"""Colour arithmetic: WCAG contrast, and OKLCH for lighter and darker shades of one hue.

Colours are `#rrggbb`. Contrast: WCAG 2.2, relative luminance. OKLCH: Ottosson 2020 (lightness 0 to
1, chroma from 0, hue in degrees), because equal steps look equal in it, whatever the hue.
"""

import math
import re
from typing import NamedTuple

HEX = re.compile(r"#[0-9a-f]{6}")


class Oklch(NamedTuple):
    """A colour as lightness (0 to 1), chroma and hue (degrees)."""

    lightness: float
    chroma: float
    hue: float


def _channels(colour: str) -> tuple[float, float, float]:
    if not HEX.fullmatch(colour):
        raise ValueError(f"not a colour like #17594f: {colour!r}")
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def to_oklch(colour: str) -> Oklch:
    """Return a colour's lightness, chroma and hue."""
    red, green, blue = _channels(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def from_oklch(colour: Oklch) -> str:
    """Return the nearest colour a screen can show: same lightness and hue, less chroma where
    needed.
    """
    chroma = colour.chroma
    while chroma > 0.001:
        channels = _linear(Oklch(colour.lightness, chroma, colour.hue))
        if all(-0.0005 <= each <= 1.0005 for each in channels):
            break
        chroma -= 0.004
    else:
        channels = _linear(Oklch(colour.lightness, 0.0, colour.hue))
    return "#" + "".join(f"{_byte(each):02x}" for each in channels)


def _linear(colour: Oklch) -> tuple[float, float, float]:
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _byte(linear: float) -> int:
    clipped = min(1.0, max(0.0, linear))
    curved = clipped * 12.92 if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055
    return round(curved * 255)
