"""What the demo prints when it is ready: where to go, and as whom."""

from portal.dev.cast import CAST
from portal.dev.embedded import Home


def ready(url: str, home: Home) -> str:
    """A few lines and a table, with an empty line before and after."""
    rows = [
        (member.name, member.username, member.password, f"/{member.practice}/", member.what)
        for member in CAST
    ]
    heads = ("who", "user name", "password", "at", "")
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(4)]
    table = [
        "  "
        + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False))])
        + "  "
        + row[4]
        for row in [heads, *rows]
    ]
    lines = [
        "",
        f"The portal is ready at  {url}",
        f"Sign in with one click, the phone, the mail, the clock:  {url}/demo/",
        "",
        *(line.rstrip() for line in table),
        "",
        "Recovery sheets for sealed messages:",
        *(
            f"  {member.name.ljust(widths[0])}  {member.recovery_code}"
            for member in CAST
            if member.writes
        ),
        "",
        f"Ctrl-C stops it and keeps the data; make demo-fresh starts over. Logs: {home.log}",
        "",
    ]
    return "\n".join(lines)
