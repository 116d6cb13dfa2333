"""A form field as a template shows it: label, hint, error and control, tied to one another.

`describe(bound_field)` works on any Django form, ours or a library's, so that sign-in pages look
and read the same as our own. The order label, hint, error, control and the ids follow the GOV.UK
pattern.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.ui.widgets import DatePartsWidget, ScaleWidget

Kind = Literal["text", "area", "select", "choices", "check", "date", "scale", "file", "hidden"]

# A group has no control of its own to point at: its first part stands in.
GROUPS: frozenset[Kind] = frozenset({"choices", "date"})


@dataclass(frozen=True, slots=True)
class Option:
    """One radio or checkbox. `attributes` is ready markup, escaped."""

    id: str
    label: str
    attributes: str
    note: str
    apart: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One box of a date in three boxes."""

    name: str
    label: str
    control: str
    id: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """Everything `_components/field.html` needs. Markup attributes are already escaped."""

    kind: Kind
    id: str
    label: str
    hint: str
    errors: list[str]
    optional: bool
    described_by: str
    control: str = ""
    options: list[Option] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    scale: "ScaleView | None" = None
    limit: int | None = None

    @property
    def hint_id(self) -> str:
        """Id of the hint."""
        return f"{self.id}-hint"

    @property
    def error_id(self) -> str:
        """Id of the error."""
        return f"{self.id}-error"

    @property
    def limit_id(self) -> str:
        """Id of the line that says how long the text may be."""
        return f"{self.id}-limit"


@dataclass(frozen=True, slots=True)
class ScaleView:
    """A 0 to 10 scale: its ends in words, its ticks, the value or an empty string."""

    low: str
    high: str
    minimum: int
    maximum: int
    value: str
    ticks: range


def kind_of(widget: forms.Widget) -> Kind:
    """Say which of our parts shows this widget."""
    table: list[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], Kind]] = [
        (forms.HiddenInput, "hidden"),
        (ScaleWidget, "scale"),
        (DatePartsWidget, "date"),
        ((forms.RadioSelect, forms.CheckboxSelectMultiple), "choices"),
        (forms.CheckboxInput, "check"),
        (forms.Select, "select"),
        (forms.Textarea, "area"),
        (forms.FileInput, "file"),
    ]
    return next((kind for types, kind in table if isinstance(widget, types)), "text")


def first_control_id(bound: BoundField) -> str:
    """Return the id that an error summary links to."""
    base = bound.auto_id or bound.html_name
    return f"{base}_0" if kind_of(bound.field.widget) in GROUPS else base


def describe(bound: BoundField, *, label: str = "", hint: str = "", css: str = "") -> FieldView:
    """Work out how `bound` is shown.

    `label` and `hint` replace the form's own; `css` adds classes to the control.
    """
    widget = bound.field.widget
    kind = kind_of(widget)
    base = bound.auto_id or bound.html_name
    help_text = str(hint or bound.help_text or "")
    errors = [str(error) for error in bound.errors]
    limit = getattr(bound.field, "max_length", None) if kind == "area" else None
    described_by = " ".join(
        f"{base}-{name}"
        for name, present in (("hint", help_text), ("error", errors), ("limit", limit))
        if present
    )
    return FieldView(
        kind=kind,
        id=base,
        label=str(label or bound.label or ""),
        hint=help_text,
        errors=errors,
        optional=_is_optional(bound, kind),
        described_by=described_by,
        control="" if kind in GROUPS else _control(bound, kind, described_by, css),
        options=_options(bound) if kind == "choices" else [],
        parts=_parts(bound),
        scale=_scale(bound, widget) if isinstance(widget, ScaleWidget) else None,
        limit=limit,
    )


def _is_optional(bound: BoundField, kind: Kind) -> bool:
    """Optional fields say so; required ones do not, because most are."""
    if kind in {"check", "hidden"}:
        return False
    return not bound.field.required and getattr(bound.field, "say_optional", True)


def _control(bound: BoundField, kind: Kind, described_by: str, css: str) -> str:
    classes = {
        "scale": "scale-number",
        "check": "",
        "hidden": "",
        "file": "input input-file",
    }.get(kind, "input")
    own = bound.field.widget.attrs
    attrs: dict[str, Any] = {}
    if together := " ".join(part for part in (classes, css, str(own.get("class", ""))) if part):
        attrs["class"] = together
    if described_by and kind != "hidden":
        attrs["aria-describedby"] = " ".join(
            part for part in (described_by, str(own.get("aria-describedby", ""))) if part
        )
    if bound.errors and kind != "hidden":
        attrs["aria-invalid"] = "true"
    if kind == "area":
        # A text that is too long is kept and said, never cut off while somebody is writing.
        attrs["maxlength"] = False
        attrs.setdefault("rows", own.get("rows", "4"))
    return str(bound.as_widget(attrs=attrs))


def _options(bound: BoundField) -> list[Option]:
    widget = bound.field.widget
    notes: dict[str, Any] = getattr(widget, "notes", {})
    apart: frozenset[str] = getattr(widget, "apart", frozenset())
    options = []
    for each in bound.subwidgets:
        value = str(each.data["value"])
        attributes = {
            key: item
            for key, item in each.data["attrs"].items()
            if key not in {"aria-describedby", "aria-invalid", "required"}
        }
        attributes |= {"type": each.data["type"], "name": each.data["name"], "value": value}
        options.append(
            Option(
                id=str(attributes["id"]),
                label=str(each.data["label"]),
                attributes=flatatt(attributes),
                note=str(notes.get(value, "")),
                apart=value in apart,
            )
        )
    return options


def _parts(bound: BoundField) -> list[Part]:
    widget = bound.field.widget
    if not isinstance(widget, DatePartsWidget):
        return []
    context = widget.get_context(
        bound.html_name, bound.value(), {"id": bound.auto_id, "class": "input"}
    )
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    parts = []
    for (name, label), sub in zip(labels.items(), context["widget"]["subwidgets"], strict=True):
        attributes = sub["attrs"] | {"type": "text", "name": sub["name"], "inputmode": "numeric"}
        if sub["value"]:
            attributes["value"] = sub["value"]
        if bound.errors:
            attributes["aria-invalid"] = "true"
        control = format_html("<input{}>", flatatt(attributes))
        parts.append(Part(name, label, control, sub["attrs"]["id"]))
    return parts


def _scale(bound: BoundField, widget: ScaleWidget) -> ScaleView:
    value = bound.value()
    return ScaleView(
        low=str(widget.low),
        high=str(widget.high),
        minimum=widget.minimum,
        maximum=widget.maximum,
        value="" if value is None else str(value),
        ticks=range(widget.minimum, widget.maximum + 1),
    )
