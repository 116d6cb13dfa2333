"""Names that a spreadsheet would run, also where it cuts lines at other signs than ours."""

from __future__ import annotations

import csv
import io

import pytest

from portal.ui.spreadsheets import csv_bytes

WIDE = "\uff1d\uff0b\uff0d\uff20"
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", *WIDE]
PAYLOAD = "HYPERLINK(0)"
# A comma is ours; where the decimal sign is a comma, spreadsheets cut at the semicolon.
CUTS = [",", ";", "\t"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", "Bob;", "Bob; ", "Bob\t", "Bob\n", 'Bob";"', "Bob\r\n"])
@pytest.mark.parametrize("cut", CUTS)
def test_no_cell_begins_like_a_formula_wherever_lines_are_cut(
    start: str, before: str, cut: str
) -> None:
    text = csv_bytes([["1", f"{before}{start}{PAYLOAD}", "2"]]).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=cut):
        for cell in row:
            assert not cell.strip(' "').startswith(tuple(f"=+-@{WIDE}\t\r\n")), cell


@pytest.mark.parametrize("text", ["Ana Abbott", "a - b", "x@example.org", "1; 2", "so; and", "−5"])
def test_words_stay_as_they_are(text: str) -> None:
    [row] = csv.reader(io.StringIO(csv_bytes([[text]]).decode("utf-8-sig"), newline=""))
    assert row == [text]
