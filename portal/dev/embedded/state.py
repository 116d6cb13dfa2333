"""What one running set of servers tells the commands that join it (a file only its owner reads)."""

from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path

from portal.dev.embedded.home import read_json, write_private
from portal.dev.embedded.processes import ProcessMark, answers


@dataclass(frozen=True)
class State:
    """The keeper, the servers, and the environment that leads to them."""

    keeper: ProcessMark
    servers: dict[str, ProcessMark]  # "postgres", "valkey"
    ports: dict[str, int]
    environment: dict[str, str]
    versions: dict[str, str]

    def kept(self) -> bool:
        """Whether the process that owns the servers is alive."""
        return self.keeper.alive()

    def answering(self) -> bool:
        """Whether every server accepts connections."""
        return all(answers(port) for port in self.ports.values())

    def save(self, path: Path) -> None:
        """Write it, whole or not at all, readable by the owner."""
        write_private(path, dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> "State | None":
        """Read it; None when there is none or it cannot be understood."""
        content = read_json(path)
        if content is None:
            return None
        try:
            return cls(
                keeper=ProcessMark(**content["keeper"]),
                servers={name: ProcessMark(**mark) for name, mark in content["servers"].items()},
                ports={name: int(port) for name, port in content["ports"].items()},
                environment=dict(content["environment"]),
                versions=dict(content["versions"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
