"""The number of queries does not grow with the number of threads, messages or people."""

from __future__ import annotations

import secrets
import uuid
from uuid import UUID

import pytest

from messaging.blobs import with_suite
from messaging.models import Envelope, Epoch, Receipt, Thread
from portal import clock
from portal.people.models import CareTeamMember, Patient
from portal.tenancy.context import practice_scope
from tests.cast import Cast
from tests.counting import queries_of
from tests.messaging.people import AT, Writers

pytestmark = pytest.mark.django_db
BASE = "/alder/api/messaging/"


def add_threads(cast: Cast, number: int) -> None:
    now = clock.now()
    patients = Patient.objects.bulk_create(
        Patient(given_name=f"P{n}", created_at=now) for n in range(number)
    )
    CareTeamMember.objects.bulk_create(
        CareTeamMember(patient=one, membership=cast.cole.membership, started_at=now)
        for one in patients
    )
    Thread.objects.bulk_create(Thread(patient=one, made_at=now) for one in patients)


def add_messages(writers: Writers, number: int) -> None:
    """Rows as they are stored; nobody opens them here."""
    thread = Thread.objects.get(pk=UUID(writers.thread))
    epoch = Epoch.objects.get(thread=thread)
    envelopes = Envelope.objects.bulk_create(
        Envelope(
            thread=thread,
            epoch=epoch,
            position=thread.counter + n,
            message_id=uuid.uuid4(),
            sender=writers.cast.ana.membership,
            kid="0" * 16,
            sequence=thread.counter + n,
            previous=bytes(32),
            directory=bytes(32),
            kind="text",
            nonce=bytes(12),
            ciphertext=with_suite(bytes(272)),
            signature=bytes(64),
            hash=secrets.token_bytes(32),
            stored_at=clock.now(),
        )
        for n in range(1, number + 1)
    )
    Receipt.objects.bulk_create(
        Receipt(
            thread=thread,
            envelope=one,
            position=thread.counter + number + n,
            reader=writers.cast.cole.membership,
            kid="0" * 16,
            state="delivered",
            at=AT,
            signature=bytes(64),
            stored_at=clock.now(),
        )
        for n, one in enumerate(envelopes, 1)
    )
    Thread.objects.filter(pk=thread.pk).update(counter=thread.counter + 2 * number)


def test_the_list_costs_the_same_with_1_20_and_200_threads(writers: Writers) -> None:
    client, costs = writers.cast.cole.client(), []
    for more in (0, 19, 180):
        with practice_scope(writers.cast.alder.pk):
            add_threads(writers.cast, more)
        costs.append(queries_of(client, f"{BASE}threads/"))
    assert costs[0] == costs[1] == costs[2] <= 16, costs
    assert len(client.get(f"{BASE}threads/?page=4").json()["threads"]) == 50


def test_a_thread_and_its_news_cost_the_same_with_1_20_and_200_messages(writers: Writers) -> None:
    writers.ana.send(writers.thread, "One.")
    client, opened, news = writers.cast.cole.client(), [], []
    for more in (0, 19, 180):
        with practice_scope(writers.cast.alder.pk):
            add_messages(writers, more)
        opened.append(queries_of(client, f"{BASE}threads/{writers.thread}/"))
        news.append(queries_of(client, f"{BASE}threads/{writers.thread}/news/?after=0"))
    assert opened[0] == opened[1] == opened[2] <= 24, opened
    assert news[0] == news[1] == news[2] <= 18, news


def test_asking_for_news_while_there_is_none_is_one_query_beside_the_sign_in(
    writers: Writers,
) -> None:
    writers.ana.send(writers.thread, "One.")
    client = writers.cast.cole.client()
    url = f"{BASE}threads/{writers.thread}/news/"
    cursor = client.get(url).json()["cursor"]
    nothing = queries_of(client, f"{url}?after={cursor}")
    assert nothing <= queries_of(client, f"{url}?after=0") - 3
