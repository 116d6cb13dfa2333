"""What a page asks once stays in that page, in its practice, and out of what changes anything."""

from __future__ import annotations

import pytest

from portal.access.once import asking_once, known, once
from portal.people.reach import memberships_in_reach
from portal.tenancy.context import ambient_practice, practice_scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db


class Asked:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_a_page_that_reads_asks_once_and_the_next_page_asks_again(cast: Cast) -> None:
    ask = Asked()
    with ambient_practice(cast.alder.pk):
        for page in (1, 2):
            with asking_once(if_=True):
                assert [once(ask, "it"), once(ask, "it"), known("it")] == [page] * 3
        assert known("it") is None


def test_another_practice_and_another_name_are_asked_for_anew(cast: Cast) -> None:
    ask = Asked()
    with asking_once(if_=True):
        with ambient_practice(cast.alder.pk):
            assert (once(ask, "it", "ana"), once(ask, "it", "ben")) == (1, 2)
        with ambient_practice(cast.birch.pk):
            assert known("it", "ana") is None
            assert once(ask, "it", "ana") == 3


def test_what_changes_something_asks_each_time(cast: Cast) -> None:
    ask = Asked()
    with ambient_practice(cast.alder.pk):
        assert (once(ask, "it"), once(ask, "it")) == (1, 2)
        with asking_once(if_=True), asking_once(if_=False):
            assert (once(ask, "it"), once(ask, "it")) == (3, 4)


def test_whom_one_covers_is_not_remembered_for_somebody_else(cast: Cast) -> None:
    with practice_scope(cast.alder.pk), asking_once(if_=True):
        assert memberships_in_reach(cast.cole.viewer) == [cast.cole.membership.pk]
        assert memberships_in_reach(cast.cleo.viewer) == [cast.cleo.membership.pk]
