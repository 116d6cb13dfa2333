"""The colours of `static/css/tokens.css`, read from the file: nothing is written down twice."""

import re
from functools import cache
from pathlib import Path

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
COLOUR = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});")
DARK_BY_CHOICE = '[data-theme="dark"]'
DARK_BY_SYSTEM = "@media screen and (prefers-color-scheme: dark)"


@cache
def themes() -> dict[str, dict[str, str]]:
    """Return the colours of each theme: `light`, `dark` (the system asks) and `dark chosen` (the
    page asks).
    """
    light, rest = TOKENS.read_text(encoding="utf-8").split(DARK_BY_SYSTEM)
    system, chosen = rest.split(DARK_BY_CHOICE, 1)
    return {
        "light": dict(COLOUR.findall(light)),
        "dark": dict(COLOUR.findall(system)),
        "dark chosen": dict(COLOUR.findall(chosen)),
    }
