# ruff: noqa: RUF001 - other alphabets are what is tested
"""What replies mean: T-SMS-01 to -03. A wish to stop is never ignored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.rules.replies import Meaning, fold, understand

TWILIO_STOP = ["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT"]

LIKELY = [
    # sentences
    "stop texting me", "please stop sending me messages", "Stop it", "STOP NOW", "stop these texts",
    "don't text me", "do not text this number", "dont message me again", "never contact me",
    "no more texts please", "no more reminders", "no texts", "wrong number", "Wrong person!",
    "you have the wrong number mate", "this is not me", "not my number", "that isn't me",
    "who is this?", "Who are you", "I don't know who you are", "take me off your list",
    "remove me", "remove my number", "delete my number", "leave me alone", "lose this number",
    "opt me out", "opting out", "I want to unsubscribe", "unsubscribe me", "go away",
    "cancel texts", "end my subscription", "stopp", "stopped", "stopping", "please just stop",
    # slips and look-alikes
    "STPO", "SOTP", "TSOP", "STOPP", "SSTOP", "STO", "STOPL", "DTOP", "STOOOOP", "ST0P", "$TOP",
    "5TOP", "ЅТОР", "STОP", "ЅТОP ALL", "SТOP",
    # Spanish
    "alto", "parar", "BAJA", "no más", "Detener", "cancelar suscripción", "no me mande mensajes",
    "deje de enviar mensajes", "número equivocado", "no quiero más mensajes",
    # French
    "arrêt", "Arrêter", "ARRETEZ", "désabonner", "stopper", "arrêtez de m'écrire",
    "mauvais numéro", "plus de sms", "désinscription",
    # German
    "abmelden", "Aufhören", "beenden", "abbestellen", "keine SMS mehr", "hören Sie auf",
    "falsche Nummer", "Halt",
    # Polish
    "koniec", "wypisz", "przestań", "rezygnuję", "zatrzymaj", "zły numer", "proszę przestać",
    # Arabic
    "قف", "توقف", "إيقاف", "إلغاء", "أوقف", "رقم خاطئ", "لا ترسل لي رسائل",
    # others
    "iptal", "İPTAL", "dur", "СТОП", "стоп", "отписаться", "відписатися", "बंद करो", "रोको",
    "ਬੰਦ ਕਰੋ", "বন্ধ করুন", "停止", "退订", "やめて", "그만", "stopiwch", "pare", "fermare",
]  # fmt: skip


@pytest.mark.parametrize("word", TWILIO_STOP)
@pytest.mark.parametrize(
    "shape", ["{}", " {} ", "{}.", "{}!!", "“{}”", "{}\n", "{}\u200b", "{} 🛑"]
)
def test_the_providers_stop_words_stop_at_once_in_any_dress(word, shape):
    for form in (word, word.lower(), word.title()):
        assert understand(shape.format(form)).meaning is Meaning.STOP


@pytest.mark.parametrize("text", ["ＳＴＯＰ", "𝐒𝐓𝐎𝐏", "S T O P", "S.T.O.P.", "stop all", "Opt out"])
def test_letters_in_other_dress_are_the_letters_they_show(text):
    assert understand(text).meaning is Meaning.STOP


@pytest.mark.parametrize("text", ["CANCEL", "cancel.", " Cancel ", "cancelled"])
def test_a_lone_cancel_stops_and_asks_whether_the_visit_was_meant(text):
    reply = understand(text)
    assert reply.meaning is Meaning.CANCEL
    assert reply.ends_texts


@pytest.mark.parametrize("text", LIKELY)
def test_what_looks_like_a_wish_to_stop_pauses_and_is_never_ignored(text):
    assert understand(text).ends_texts
    assert understand(text.upper()).ends_texts
    assert understand(f"  {text}!").ends_texts


@pytest.mark.parametrize("text", ["HELP", "help?", "Info", "Hilfe", "ayuda"])
def test_help_is_answered(text):
    assert understand(text).meaning is Meaning.HELP


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("C", Meaning.CONFIRM),
        ("c.", Meaning.CONFIRM),
        ("‘C’", Meaning.CONFIRM),
        ("С", Meaning.CONFIRM),  # Cyrillic: the key beside it on some keyboards
        ("Confirm", Meaning.CONFIRM),
        ("yes please", Meaning.CONFIRM),
        ("R", Meaning.RESCHEDULE),
        ("reschedule", Meaning.RESCHEDULE),
        ("X", Meaning.CANNOT_COME),
        ("can’t come", Meaning.CANNOT_COME),
        ("I can't make it", Meaning.CANNOT_COME),
        ("Cancel my appointment", Meaning.CANNOT_COME),
        ("START", Meaning.START),
        ("unstop", Meaning.START),
    ],
)
def test_our_own_words_are_understood(text, meaning):
    assert understand(text).meaning is meaning


@pytest.mark.parametrize(
    "text",
    [
        "is there parking",
        "yes but can it be later",
        "C you there unless the bus is late",
        "shop",
        "step",
        "the top floor?",
        "No",
        "the end",
        "can I bring my sister",
        "What if I can't make it?",
    ],
)
def test_everything_else_goes_to_a_person(text):
    assert understand(text).meaning is Meaning.FREE_TEXT


@pytest.mark.parametrize("text", ["", "   ", "👍", "❤️❤️", "...", "\u200b"])
def test_a_smile_or_a_blank_is_not_guessed_at(text):
    assert understand(text).meaning is Meaning.EMPTY


def test_stop_wins_over_every_other_word():
    assert understand("C but stop texting me").ends_texts
    assert understand("HELP stop").ends_texts


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    assert understand(text).words == fold(text)
