"""What a first visit costs: everything that base.html and the patient base ask for, compressed."""

import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # has no types

ROOT = Path(__file__).resolve().parents[2]
# A cold page may weigh 100 KB, of which its HTML 14.
MOST = (100 - 14) * 1000
ASKED_FOR = re.compile(r"{% static '([^']+)' %}")


def weight(name: str) -> int:
    content = (ROOT / "static" / name).read_bytes()
    return len(content) if name.endswith("woff2") else len(brotli.compress(content))


def test_a_first_visit_stays_light() -> None:
    templates = ["base.html", "_components/htmx.html"]
    sources = [(ROOT / "templates" / name).read_text() for name in templates]
    names = {name for source in sources for name in ASKED_FOR.findall(source)}
    weights = {name: weight(name) for name in [*names, "icons/sprite.svg"]}
    assert len(weights) > 20
    assert sum(weights.values()) <= MOST, sorted(weights.items(), key=lambda each: -each[1])
