"""What a patient asks the list of who opened their record."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.forms import DaysForm


class AccessLogFilter(DaysForm):
    """Who and when. `all=1` shows as well what the portal did by itself."""

    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    field_order = ("person", "first", "last")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Everybody")), *people]
        cast(forms.ChoiceField, self.fields["person"]).choices = choices
