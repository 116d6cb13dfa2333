"""What a page weighs: 14 KB of compressed HTML, 100 KB with all it asks for, 15 KB afterwards."""

from __future__ import annotations

import gzip
import re
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders

from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.everywhere import test_every_list as lists
from tests.everywhere.test_every_url import foreign
from tests.everywhere.test_plans import PAGES

__all__ = ["foreign"]  # a fixture: one row of each kind
HTML, COLD, WARM = 14_000, 100_000, 15_000
_FILE = re.compile(r'(?:src|href)="/static/([^"#?]+)')


def _size(name: str) -> int:
    path = finders.find(name)
    assert isinstance(path, str), f"{name} is not a static file"
    with open(path, "rb") as file:
        content = file.read()
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content))


@pytest.mark.django_db
@pytest.mark.parametrize("what", PAGES)
def test_a_page_with_many_rows_stays_light(
    cast: Cast,
    foreign: dict[str, UUID],
    what: str,
) -> None:
    with practice_scope(cast.alder.pk):
        lists._patients(cast, 60)
        lists._past_appointments(cast, 60)
        lists._tasks(cast, 60)
        lists._texts(cast, 60)
        lists._sent_forms(cast, 60)
    name, path = PAGES[what]
    page = cast.people[name].client().get(f"/alder/{path}")
    assert page.status_code == 200
    html = len(gzip.compress(page.content))
    files = {each: _size(each) for each in set(_FILE.findall(page.content.decode()))}
    assert len(files) > 10  # else the pattern reads nothing
    assert html <= HTML, f"{what}: {html} bytes of HTML"
    assert html <= WARM, "files are kept by their names, so a second visit costs the HTML alone"
    assert html + sum(files.values()) <= COLD, (html, sorted(files.items(), key=lambda f: -f[1]))
