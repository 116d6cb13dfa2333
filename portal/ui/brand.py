"""A practice's own accent: one colour in, six values for each theme out, every pair checked.

Only the accent group may be a practice's own. The rules: words on the accent 7:1 (WCAG AAA), the
accent as a link 4.5:1 on every surface, its lines 3:1. Red is refused, because red means risk to a
person and nothing else.
"""

from django.utils.translation import gettext as _

from portal.ui.contrast import HEX, Oklch, contrast, from_oklch, to_oklch
from portal.ui.tokens import DARK_BY_CHOICE, DARK_BY_SYSTEM, themes

WHITE = "#ffffff"
SURFACES = ("ground", "ground-deep", "surface", "surface-sunk", "surface-raised")
AAA, AA, EDGE = 7.0, 4.5, 3.0

# (front, back, least contrast); the names are tokens, the accent's own or the product's.
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("on-accent", "accent", AAA),
    ("on-accent", "accent-hover", AAA),
    ("ink", "accent-soft", AAA),
    ("ink-soft", "accent-soft", AAA),
    ("accent-text", "accent-soft", AA),
    *(("accent-text", surface, AA) for surface in SURFACES),
    ("accent-line", "surface", EDGE),
    ("accent-line", "ground", EDGE),
)

# OKLCH hue of blood and fire; browns begin above, plums end below.
RED_FROM, RED_TO, RED_CHROMA = 8.0, 38.0, 0.09


class AccentError(ValueError):
    """The colour cannot be a practice's accent; the text says why and what would work."""


def check_accent(accent: str) -> str:
    """Return `accent` as `#rrggbb` in lower case, or raise `AccentError` with a sentence for the
    manager.
    """
    colour = accent.strip().lower()
    if not HEX.fullmatch(colour):
        raise AccentError(
            _("A colour is written like #17594f: a hash and six digits or letters a to f.")
        )
    parts = to_oklch(colour)
    if RED_FROM <= parts.hue <= RED_TO and parts.chroma >= RED_CHROMA:
        raise AccentError(_("Red is kept for risk to a person. Choose another colour."))
    if contrast(WHITE, colour) < AAA:
        raise AccentError(
            _("White words are hard to read on this colour. The nearest that works is %(near)s.")
            % {"near": _darker_until_readable(parts)}
        )
    for theme in ("light", "dark"):
        if failing := _failing(theme, values_for(colour)[theme]):
            raise AccentError(
                _("This colour is hard to see on our pages (%(pair)s). Choose a stronger one.")
                % {"pair": failing}
            )
    return colour


def values_for(accent: str) -> dict[str, dict[str, str]]:
    """Work out the six values for `light` and `dark`. Does not check; `check_accent` does."""
    lightness, chroma, hue = to_oklch(accent)
    # A colour near black has nothing darker to go to.
    hover = lightness - 0.07 if lightness > 0.3 else lightness + 0.09

    def shade(light: float, most_chroma: float) -> str:
        return from_oklch(Oklch(light, min(chroma, most_chroma), hue))

    return {
        "light": {
            "accent": accent,
            "accent-hover": from_oklch(Oklch(hover, chroma, hue)),
            "on-accent": WHITE,
            "accent-text": from_oklch(Oklch(max(lightness - 0.03, 0.0), chroma, hue)),
            "accent-soft": shade(0.925, 0.03),
            "accent-line": shade(0.57, 0.12),
        },
        "dark": {
            "accent": shade(0.81, 0.09),
            "accent-hover": shade(0.87, 0.07),
            "on-accent": shade(0.25, 0.045),
            "accent-text": shade(0.84, 0.08),
            "accent-soft": shade(0.32, 0.045),
            "accent-line": shade(0.65, 0.09),
        },
    }


def css_for(accent: str | None) -> str:
    """Return the stylesheet of a practice; without an accent, one that leaves the product's own.

    Raises `AccentError` for a colour that `check_accent` refuses.
    """
    if not accent:
        return "/* The product's own accent. */\n"
    values = values_for(check_accent(accent))
    light = _block(":root", values["light"])
    system = _block(':root:not([data-theme="light"])', values["dark"])
    chosen = _block(DARK_BY_CHOICE, values["dark"])
    return f"{light}{DARK_BY_SYSTEM} {{\n{system}}}\n@media screen {{\n{chosen}}}\n"


def _block(selector: str, values: dict[str, str]) -> str:
    lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
    return f"{selector} {{\n{lines}}}\n"


def _failing(theme: str, values: dict[str, str]) -> str:
    """Return the first pair that is too faint, as words for the message, or an empty text."""
    colours = themes()[theme] | values
    for front, back, least in PAIRS:
        got = contrast(colours[front], colours[back])
        if got < least:
            return f"{front} / {back} {got:.1f}:1, {theme}"
    return ""


def _darker_until_readable(parts: Oklch) -> str:
    lightness = parts.lightness
    while lightness > 0.05:
        colour = from_oklch(Oklch(lightness, parts.chroma, parts.hue))
        if contrast(WHITE, colour) >= AAA:
            return colour
        lightness -= 0.005
    return "#000000"
