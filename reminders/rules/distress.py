"""Words in a reply that a clinician should see now.

A text to a reminder number may be a cry for help. This list is a net, not a test of risk: it is
wide on purpose, a false alarm costs a clinician one look, and a message it misses still goes to a
person, with crisis lines in the automatic answer. English only for now: a text in another language
reaches a person the same way.
"""

from __future__ import annotations

import re
from typing import Final

from reminders.rules import replies

# One pattern a line, over folded text (see `replies.fold`): upper case, apostrophes as spaces.
_PHRASES: Final = tuple(
    re.compile(line)
    for line in r"""
\bSUICID\w*\b
\b(KILL|KILLING|HANG|HANGING|SHOOT|DROWN|HURT|HURTING|HARM|HARMING) (MY ?SELF|ME)\b
\b(CUT|CUTTING|BURN|BURNING) MY ?SELF\b
\b(SELF ?HARM\w*|CUTTING AGAIN|OVERDOS\w*|O ?D ON)\b
\b(TOOK|TAKEN|TAKE) (ALL|TOO MANY|A LOT).{0,20}\b(PILLS?|TABLETS?|MEDS?|MEDICATION|PARACETAMOL)\b
\b(WANT|WANTED|WANTING|GOING|READY|RATHER|BETTER) (TO )?(DIE|BE DEAD|DEAD)\b
\bWANNA (DIE|BE DEAD|DISAPPEAR)\b
\b(WANT|WANTED|WANTING|RATHER|WISH|HOPE) (TO |I )?NOT (TO )?(EXIST|BE HERE|WAKE UP)\b
\b(WISH|HOPE) (I )?(WAS|WERE|DIE|DIED|COULD DIE)( DEAD)?\b
\b(BETTER OFF (DEAD|WITHOUT ME)|NO ?ONE WOULD (MISS|CARE)|NOTHING TO LIVE FOR)\b
\bNO (POINT|REASON) (IN |TO )?(LIVE|LIVING|GO ON|GOING ON|CARRY ON|BEING HERE|ANY ?MORE)\b
\b(DO NOT|DON ?T) (WANT TO |WANNA )(LIVE|BE ALIVE|BE HERE|EXIST|GO ON|CARRY ON|WAKE UP)\b
\b(CAN ?T|CAN NOT|CANNOT) (LIVE|EXIST|GO ON|CARRY ON|COPE|DO THIS|TAKE IT|TAKE THIS|KEEP GOING)\b
\b(CAN ?T|CAN NOT|CANNOT) (STAY|KEEP|KEEP MY ?SELF) SAFE\b
\b(END|ENDING|TAKE|TAKING) (IT ALL|MY (OWN )?LIFE|EVERYTHING|THINGS)\b
\b(NOT|ISN ?T|DON ?T FEEL|NEVER FEEL) SAFE\b
\b(GOODBYE (EVERYONE|FOREVER|ALL)|SAY GOODBYE|SORRY FOR EVERYTHING|LAST (TEXT|MESSAGE))\b
\b(HIT|HITS|HITTING|BEAT|BEATS|BEATING|HURTS|HURTING|THREATEN\w*|KILL) ME\b
\b(EMERGENCY|CRISIS|DESPERATE|HOPELESS|HEARING VOICES|VOICES (ARE )?TELL\w*)\b
\b(KMS|KYS|UNALIVE)\b
\b(FEEL|FEELING|FELT|AM|BEEN) (\w+ ){0,2}(LOW|DOWN|ALONE|NUMB|EMPTY|TRAPPED|AWFUL)$
\b(FEEL|FEELING|FELT|AM|BEEN) (\w+ ){0,2}(SCARED|FRIGHTENED|TERRIFIED|WORTHLESS|BROKEN)\b
\b(REALLY|SO|VERY|FEEL|FEELING) (LOW|DOWN|ALONE)\b
\b(IN A (REALLY |VERY )?(BAD|DARK) (PLACE|WAY)|NOT COPING|FALLING APART|BREAKING DOWN)\b
\b(STRUGGLING|PANICKING|PANIC ATTACK)\b
\b(PLEASE|SOMEONE|SOMEBODY|PLS) HELP( ME)?$
^(HELP ME|I NEED HELP|NEED HELP)( NOW| PLEASE| PLS| ASAP)*$
""".splitlines()
    if line
)


def sounds_in_distress(text: str) -> bool:
    """Whether `text` holds words that a clinician should see now. Never raises."""
    words = replies.fold(text)
    return any(pattern.search(words) for pattern in _PHRASES)
