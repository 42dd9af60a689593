"""What the folds of all stations share: sessions, tags, and what the store has yet to be told."""

from ocpp_console.model.arrangements import AllArrangements
from ocpp_console.model.id_tags import IdTagList
from ocpp_console.model.reading import mapping
from ocpp_console.model.rows import Message
from ocpp_console.model.transactions import Transaction, Transactions
from ocpp_console.protocol.frames import CallResult, JsonValue, parse, payload_again


class Site:
    """Sessions, tags and arrangements of all stations, and which sessions changed since they were last saved."""

    __slots__ = ("arrangements", "dirty_transactions", "id_tags", "transactions")

    def __init__(self) -> None:
        """Nothing yet."""
        self.transactions = Transactions()
        self.id_tags = IdTagList()
        self.arrangements = AllArrangements()
        self.dirty_transactions: set[tuple[str, str]] = set()

    def request(self, message: Message) -> dict[str, JsonValue]:
        """The payload of the call in a row, read from its bytes again; empty when it is no object."""
        payload = payload_again(message.raw)
        return payload if type(payload) is dict else {}

    def over(self, booked: Message, at: int) -> bool:
        """The session that a StartTransaction began had ended at `at`: the same words then begin another one."""
        if booked.action != "StartTransaction" or booked.answer_raw is None:
            return False
        answer = parse(booked.answer_raw, booked.version)
        id = mapping(answer.payload).get("transactionId") if isinstance(answer, CallResult) else None
        transaction = self.transactions.get(booked.station, f"{id}")
        return transaction is not None and 0 < transaction.stopped_at <= at

    def measured(self, transaction: Transaction) -> None:
        """Values of a session have changed, nothing else of it: have it saved."""
        transaction.revision += 1
        self.transactions.revision += 1
        self.dirty_transactions.add((transaction.station, transaction.id))

    def changed(self, transaction: Transaction) -> None:
        """A session has changed: index it anew and have it saved."""
        self.transactions.changed(transaction)
        self.dirty_transactions.add((transaction.station, transaction.id))
