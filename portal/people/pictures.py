"""An address as a square that a phone's camera reads."""

from __future__ import annotations

import base64
import io

import qrcode  # type: ignore[import-untyped]  # comes with django-allauth[mfa]
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]  # the same


def square(address: str) -> str:
    """The picture as SVG, with its own white ground: no camera reads dark on dark."""
    picture = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=2).save(picture)
    return picture.getvalue().decode()


def square_address(address: str) -> str:
    """The same as a `data:` address for an `img`."""
    encoded = base64.b64encode(square(address).encode()).decode("ascii")
    return f"data:image/svg+xml;base64,{encoded}"
