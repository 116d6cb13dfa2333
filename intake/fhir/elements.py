"""A typed look at one JSON object of a file: every read checks the JSON type and knows its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from intake.fhir.notices import Report, gettext_noop
from intake.fhir.values import KINDS, Coding, FhirValueError, Value, value_of

WRONG_TYPE: Final = gettext_noop("This should be %(wanted)s.")


class Element:
    """One JSON object with its path. Wrong types are noted as refusals and read as absent."""

    __slots__ = ("link_id", "members", "path", "report")

    def __init__(
        self, members: Mapping[str, object], path: str, report: Report, link_id: str = ""
    ) -> None:
        self.members = members
        self.path = path
        self.report = report
        self.link_id = link_id

    def has(self, name: str) -> bool:
        return name in self.members

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}"

    def text(self, name: str) -> str:
        """A string member, or "" (an empty one is warned about)."""
        content = self.members.get(name)
        if content is None and name not in self.members:
            return ""
        if not isinstance(content, str):
            self._wrong(name, gettext_noop("text"))
            return ""
        if not content.strip():
            self.report.warn(
                self.at(name), gettext_noop("This text is empty."), link_id=self.link_id
            )
            return ""
        return content

    def boolean(self, name: str) -> bool:
        content = self.members.get(name, False)
        if not isinstance(content, bool):
            self._wrong(name, gettext_noop("true or false"))
            return False
        return content

    def whole(self, name: str) -> int | None:
        """An integer member, or None."""
        if name not in self.members:
            return None
        content = self.members[name]
        if isinstance(content, bool) or not isinstance(content, int):
            self._wrong(name, gettext_noop("a whole number"))
            return None
        return content

    def element(self, name: str) -> Element | None:
        """An object member, or None."""
        if name not in self.members:
            return None
        content = self.members[name]
        if not isinstance(content, dict):
            self._wrong(name, gettext_noop("an object"))
            return None
        return Element(content, self.at(name), self.report, self.link_id)

    def elements(self, name: str) -> list[Element]:
        """The objects of a list member; an empty list when it is absent."""
        if name not in self.members:
            return []
        content = self.members[name]
        if not isinstance(content, list):
            self._wrong(name, gettext_noop("a list"))
            return []
        found: list[Element] = []
        for place, entry in enumerate(content):
            path = f"{self.at(name)}[{place}]"
            if isinstance(entry, dict):
                found.append(Element(entry, path, self.report, self.link_id))
            else:
                self.report.refuse(
                    path, WRONG_TYPE, link_id=self.link_id, wanted=gettext_noop("an object")
                )
        return found

    def codings(self, name: str) -> tuple[Coding, ...]:
        """A list of Coding; one without a code is left out, since nothing can be matched by it."""
        codings = (coding.as_coding() for coding in self.elements(name))
        return tuple(coding for coding in codings if coding.code)

    def as_coding(self) -> Coding:
        return Coding(
            code=self.text("code"), system=self.text("system"), display=self.text("display")
        )

    def value(self, prefix: str = "value") -> Value | None:
        """The one `value[x]` (or `answer[x]`, `initial`) here, checked; None when there is none."""
        for name, content in self.members.items():
            kind = name.removeprefix(prefix)
            if kind == name or kind not in KINDS:
                continue
            try:
                return value_of(kind, content)
            except FhirValueError:
                self._wrong(name, kind)
                return None
        return None

    def extensions(self, url: str) -> Iterator[Element]:
        """The extensions with this address, in order."""
        for extension in self.elements("extension"):
            if extension.members.get("url") == url:
                yield extension

    def extension_content(self, url: str) -> object:
        """The raw JSON value of the first extension with this address; None without one."""
        for extension in self.extensions(url):
            for name, content in extension.members.items():
                if name.startswith("value"):
                    return content
        return None

    def extension_value(self, *urls: str) -> Value | None:
        """The typed value of the first of these extensions that has one."""
        for url in urls:
            for extension in self.extensions(url):
                value = extension.value()
                if value is not None:
                    return value
        return None

    def extension_text(self, url: str) -> str:
        content = self.extension_content(url)
        return content if isinstance(content, str) else ""

    def extension_true(self, url: str) -> bool:
        return self.extension_content(url) is True

    def extension_whole(self, url: str) -> int | None:
        content = self.extension_content(url)
        is_whole = isinstance(content, int) and not isinstance(content, bool)
        return int(content) if is_whole else None  # type: ignore[call-overload]  # an int, see above

    def extension_decimal(self, *urls: str) -> Decimal | None:
        """A number from the first of these extensions that has one."""
        for url in urls:
            content = self.extension_content(url)
            if isinstance(content, int | float) and not isinstance(content, bool):
                return Decimal(str(content))
        return None

    def _wrong(self, name: str, wanted: str) -> None:
        self.report.refuse(self.at(name), WRONG_TYPE, link_id=self.link_id, wanted=wanted)
