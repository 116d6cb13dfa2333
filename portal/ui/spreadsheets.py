"""Files for spreadsheets: UTF-8 that they recognise, and no cell that they would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Tells spreadsheets that the file is UTF-8."""
FORMULA = re.compile(r"""(?:^|(?<=[;\t\r\n]))(?=[\s"]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])""")
"""Where a cell that would be run begins: at the start, or behind a sign at which other countries'
spreadsheets cut a line. The four last signs are the wide forms of the first."""

Row = Sequence[object]


def quoted(cell: object) -> str:
    """The text of a cell; what a spreadsheet would run as a formula gets a quote in front.

    Numbers that we counted stay numbers, also negative ones.
    """
    if isinstance(cell, int | float):
        return str(cell)
    return FORMULA.sub("'", str(cell))


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """The rows as a file. Whole: a response that is on its way asks the database nothing."""
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([quoted(cell) for cell in row])
    return out.getvalue().encode()


def csv_response(rows: Iterable[Row], name: str) -> HttpResponse:
    """The file as something to download; `name` holds nobody's name."""
    return HttpResponse(
        csv_bytes(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
