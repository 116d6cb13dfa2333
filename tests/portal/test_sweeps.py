"""What is due in many practices: trouble in one keeps no other waiting."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal.tenancy.context import current_practice_id
from portal.tenancy.sweeps import Sweep
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ONE, TWO = UUID(int=1), UUID(int=2)


def test_a_piece_that_fails_keeps_no_other_waiting(cast: Cast) -> None:
    done: list[UUID] = []

    def work(each: UUID) -> int:
        if each == ONE:
            raise ValueError
        done.append(each)
        return 1

    sweep = Sweep(lambda: [ONE, TWO], work, "a piece could not be worked on")
    assert sweep.over([cast.alder.pk, cast.birch.pk]) == 2
    assert done == [TWO, TWO]


def test_nor_does_a_practice_in_which_nobody_can_say_what_is_due(cast: Cast) -> None:
    """The dispatcher looks at alerts before it sends: its texts would wait as well."""

    def due() -> list[UUID]:
        if current_practice_id() == cast.alder.pk:
            raise ValueError
        return [TWO]

    sweep = Sweep(due, lambda _each: 1, "a piece could not be worked on")
    assert sweep.over([cast.alder.pk, cast.birch.pk]) == 1
