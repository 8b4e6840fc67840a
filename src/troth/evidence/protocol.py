"""What a writer of exchanges is: it is given each one as it happens."""

from typing import Protocol

from troth.exchange import Exchange


class Writer(Protocol):
    """Keeps exchanges. Once ``failed`` says why it could not, it takes no more of them."""

    @property
    def failed(self) -> str | None:
        """Why writing ended early, in a sentence for people; None while all is well."""

    def write(self, exchange: Exchange) -> None:
        """Keeps one exchange; never raises for a disk's reasons."""

    def written(self) -> list[str]:
        """The lines so far, as anybody will read them."""

    def close(self) -> None:
        """Nothing more will come."""
