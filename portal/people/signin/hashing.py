"""How a password is hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2(Argon2PasswordHasher):
    """Argon2id with OWASP's first choice, 19 MiB, two passes, one lane: a fifth of Django's memory.

    Django's own setting costs a quarter of a second of CPU and 100 MiB a try, so thirty people who
    come at nine o'clock keep everybody else waiting. A hash made with other numbers is made anew
    when its owner signs in.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
