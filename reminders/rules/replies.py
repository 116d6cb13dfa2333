# ruff: noqa: RUF001 - the words of other alphabets are what this module is about
"""What a reply means: STOP first, then HELP, then our own words, then a person reads it.

The order is a safety rule. A wish to be left alone is never ignored: the certain words stop at
once, and anything that looks like such a wish (a sentence, another language, a look-alike letter,
a slip of the finger) pauses the texts and asks a person. Nothing is guessed in favour of sending.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reminders.rules.stop_phrases import STOP_SENTENCES, WRONG_NUMBER


class Meaning(StrEnum):
    """What a reply asks for."""

    STOP = "stop"  # stop at once
    CANCEL = "cancel"  # stop at once, and ask whether the visit was meant
    PAUSE = "pause"  # looks like a wish to stop: pause, and ask
    START = "start"  # texts are welcome again
    HELP = "help"
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANNOT_COME = "cannot_come"
    FREE_TEXT = "free_text"
    EMPTY = "empty"  # nothing readable: a picture, a smile, a blank


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as understood; `words` is the folded text that was compared."""

    meaning: Meaning
    words: str

    @property
    def says_wrong_number(self) -> bool:
        """Whether somebody else seems to have the number."""
        return WRONG_NUMBER.search(self.words) is not None

    @property
    def ends_texts(self) -> bool:
        """Whether nothing more may leave for this number until a person or START says so."""
        return self.meaning in {Meaning.STOP, Meaning.CANCEL, Meaning.PAUSE}


# The provider's own list acts on its side whatever we do; ours must say the same.
_STOP: Final = frozenset(
    {
        "STOP",
        "STOP ALL",
        "STOPALL",
        "UNSUBSCRIBE",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "OPT OUT",
        "STOP TEXTS",
        "STOP TEXT",
        "STOP SMS",
        "STOP PLEASE",
        "PLEASE STOP",
    }
)

# Said alone it stops texts at the provider, though the visit may be meant.
_CANCEL: Final = frozenset(
    {"CANCEL", "CANCELED", "CANCELLED", "CANCELAR", "ANULAR", "ANNULER", "ANNULLA"}
    | {"STORNIEREN", "ANULUJ"}
)

# Folded: upper case, no accents. Certain in no single language that we know the person to speak.
_STOP_ELSEWHERE: Final = frozenset(
    {
        # Spanish, Portuguese, Italian, French
        "ALTO", "PARA", "PARE", "PAREN", "PARAR", "BAJA", "DETENER", "DETENGA", "NO MAS", "BASTA",
        "DESUSCRIBIR", "CANCELAR SUSCRIPCION", "SAIR", "REMOVER", "CHEGA", "FERMA", "FERMARE",
        "ARRET", "ARRETE", "ARRETER", "ARRETEZ", "STOPPER", "DESABONNER", "DESINSCRIRE",
        "DESINSCRIPTION", "NO MAS MENSAJES", "PLUS DE SMS", "PLUS DE MESSAGES",
        # German, Dutch, Nordic
        "STOPP", "HALT", "ABMELDEN", "ABBESTELLEN", "AUFHOREN", "BEENDEN", "KEINE SMS",
        "KEINE SMS MEHR", "AFMELDEN", "STOPPEN", "GEEN SMS", "AVSLUTA", "AVREGISTRER", "LOPETA",
        # Polish, Czech, Romanian, Hungarian, Lithuanian, Turkish, Welsh, Irish, Somali
        "KONIEC", "ZATRZYMAJ", "WYPISZ", "REZYGNUJE", "PRZESTAN", "KONEC", "DOST", "OPRESTE",
        "OPRITI", "DEZABONARE", "ALLJ", "LEALLITAS", "BAIGTI", "DUR", "DURDUR", "IPTAL",
        "STOPIO", "STOPIWCH", "PEIDIWCH", "STAD", "JOOJI",
        # Cyrillic, Greek
        "СТОП", "СТОП СМС", "ОТПИСАТЬСЯ", "ОТПИШИТЕ", "ХВАТИТ", "ОТМЕНА", "ЗУПИНИТИ",
        "ВІДПИСАТИСЯ", "ДОСИТЬ", "СПРИ", "ΣΤΟΠ", "ΔΙΑΚΟΠΗ",
        # Arabic, Persian, Urdu, Hebrew
        "قف", "توقف", "ايقاف", "الغاء", "اوقف", "كفي", "بس", "لغو", "توقف کن", "بند کرو", "روکو",
        "רוקו", "עצור", "הסר", "די", "הפסק",
        # Hindi, Punjabi, Bengali, Gujarati, Tamil
        "रोको", "रोकें", "बंद करो", "बंद करें", "बंद", "ਬੰਦ", "ਬੰਦ ਕਰੋ", "ਰੋਕੋ", "বন্ধ", "বন্ধ করুন",
        "থামুন", "બંધ", "બંધ કરો", "நிறுத்து", "நிறுத்தவும்",
        # Chinese, Japanese, Korean, Vietnamese, Tagalog
        "停止", "停", "退订", "退訂", "取消", "不要再发", "不要再發", "やめて", "停止して",
        "配信停止", "중지", "그만", "수신거부", "DUNG", "NGUNG", "TIGIL", "ITIGIL", "HINTO",
    }
)  # fmt: skip

_HELP: Final = frozenset({"HELP", "INFO", "AIDE", "AYUDA", "HILFE", "POMOC", "INFO PLEASE"})
_START: Final = frozenset({"START", "UNSTOP", "RESUME", "SUBSCRIBE", "OPT IN", "OPTIN"})

_OURS: Final = {
    Meaning.CONFIRM: frozenset(
        {
            "C", "CC", "CONFIRM", "CONFIRMED", "CONFIRMING", "I CONFIRM", "YES", "YES PLEASE",
            "YES THANKS", "YES THANK YOU", "YES C", "C THANKS", "C THANK YOU", "C PLEASE",
            "CONFIRM PLEASE", "CONFIRM THANKS", "CONFIRM THANK YOU", "YES CONFIRM",
            "YES I CONFIRM", "YES CONFIRMED", "REPLY C",
        }
    ),
    Meaning.RESCHEDULE: frozenset(
        {
            "R", "RR", "RESCHEDULE", "RE SCHEDULE", "RESCHEDULE PLEASE", "PLEASE RESCHEDULE",
            "REBOOK", "CHANGE", "CHANGE TIME", "CHANGE THE TIME", "R PLEASE", "R THANKS",
            "NEW TIME", "ANOTHER TIME", "REPLY R", "MOVE",
        }
    ),
    Meaning.CANNOT_COME: frozenset(
        {
            "X", "XX", "CANT COME", "CAN T COME", "CANNOT COME", "CAN NOT COME", "I CANT COME",
            "I CAN T COME", "I CANNOT COME", "CANT MAKE IT", "CAN T MAKE IT", "CANNOT MAKE IT",
            "I CANT MAKE IT", "I CAN T MAKE IT", "I CANNOT MAKE IT", "NOT COMING",
            "I AM NOT COMING", "X PLEASE", "X SORRY", "REPLY X", "SORRY CANT COME",
            "SORRY CAN T COME", "SORRY CANT MAKE IT", "SORRY CAN T MAKE IT",
            "CANCEL MY APPOINTMENT", "CANCEL APPOINTMENT", "CANCEL THE APPOINTMENT",
            "PLEASE CANCEL MY APPOINTMENT", "CANCEL MY VISIT",
        }
    ),
}  # fmt: skip

_BEGINS_OR_ENDS: Final = re.compile(
    r"^(STOP|UNSUBSCRIBE|QUIT)\b|(?<!\bLAST )(?<!\bNEXT )(?<!\bBUS )(?<!\bTRAM )\bSTOP$"
)

# Letters of other alphabets, and digits, that look like Latin capitals.
_LOOK_ALIKES: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹӀ01345$!|@",
    "ABESIJKMHOPCTYXQWYABEZHIKMNOPTYXCIOIEASSIIA",
)

_SMALL_CAPITALS: Final = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ABCDEFGHIJKLMNOPRSTUVWYZ")

# Latin letters that have no plain letter inside, as far as Unicode is concerned.
_STROKED: Final = str.maketrans({"Ł": "L", "Đ": "D", "Ø": "O", "Æ": "AE", "Œ": "OE"})

# One letter away from STOP, and a word of its own.
_NOT_STOP: Final = frozenset({"SHOP", "STEP", "TOP", "STOOP", "SLOP", "SOP", "STOW", "ATOP"})


def understand(text: str) -> Reply:
    """Read a reply. Never raises, whatever the text holds."""
    words = fold(text)
    if not words:
        return Reply(Meaning.EMPTY, words)
    return Reply(_ending(words) or _asking(words), words)


def fold(text: str) -> str:
    """Upper case, no accents, nothing invisible, spaces for punctuation, "S T O P" as one word.

    NFKC comes first, so that full-width and mathematical letters are the letters they show.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).upper()
    plain = plain.translate(_STROKED).translate(_SMALL_CAPITALS)
    kept = "".join(_kept(c) for c in plain)
    composed = unicodedata.normalize("NFC", kept)
    joined = re.sub(r"\b(?:\w ){2,}\w\b", lambda m: m.group().replace(" ", ""), composed)
    return " ".join(joined.split())


def _kept(c: str) -> str:
    category = unicodedata.category(c)
    if category == "Mn":
        # Accents go; the vowel signs of scripts from Devanagari to Myanmar are parts of words.
        return c if 0x0900 <= ord(c) <= 0x109F else ""
    if category in {"Cf", "Cc"} and not c.isspace():
        return ""
    if category[0] in "LN" or category == "Mc" or c in "$@|!":
        return c
    return " "


def _ending(words: str) -> Meaning | None:
    """The STOP class, certain or likely; None where the reply asks for something else."""
    bare = _bare(words)
    if bare in _STOP:
        return Meaning.STOP
    if bare in _CANCEL:
        return Meaning.CANCEL
    if bare in _STOP_ELSEWHERE or words in _STOP_ELSEWHERE:
        return Meaning.PAUSE
    # A sign may be a look-alike ($TOP) or only a sign (stpo!): both readings count.
    readings = (bare, bare.translate(_LOOK_ALIKES), _bare(words.translate(_LOOK_ALIKES)))
    return Meaning.PAUSE if any(map(_wants_no_texts, readings)) else None


def _wants_no_texts(words: str) -> bool:
    return (
        words in _STOP
        or words in _CANCEL
        or _nearly_stop(words)
        or _broken_stop(words)
        or any(pattern.search(words) for pattern in STOP_SENTENCES)
        or _BEGINS_OR_ENDS.search(words) is not None
    )


def _asking(words: str) -> Meaning:
    bare = _bare(words)
    look = _bare(words.translate(_LOOK_ALIKES))
    if {bare, look, _bare(words.replace("1", "L"))} & _HELP:
        return Meaning.HELP
    if bare in _START:
        return Meaning.START
    for meaning, phrases in _OURS.items():
        if bare in phrases or look in phrases:
            return meaning
    return Meaning.FREE_TEXT


def _bare(words: str) -> str:
    """Without the signs that only matter to the look-alike table."""
    return " ".join(re.sub(r"[$@|!]", " ", words).split())


def _nearly_stop(word: str) -> bool:
    """One slip of the finger from STOP, or STOP with letters held down; a single word only."""
    if " " in word or word in _NOT_STOP:
        return False
    if re.fullmatch(r"S+T+O+P+(S|PED|PING|IT)?", word):
        return True
    return 3 <= len(word) <= 5 and _one_slip(word, "STOP")


def _broken_stop(words: str) -> bool:
    """STOP with a gap or a sign inside: `STO P`, `ST*P`."""
    parts = words.split()
    joined = "".join(parts)
    return len(parts) == 2 and len(joined) <= 4 and _nearly_stop(joined)


def _one_slip(a: str, b: str) -> bool:
    """Whether one letter changed, added, left out or swapped with its neighbour turns a into b."""
    if abs(len(a) - len(b)) > 1:
        return False
    first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if first is None:
        return len(a) != len(b)
    rest_a, rest_b = a[first:], b[first:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )
