"""ISO 20022 credit transfers: pacs.008 (for customers) and pacs.009 (between banks).

Read with the XML parser of the standard library (expat) instead of a package, for three reasons. It tells the line of
every element, so a bad transfer can be named. It streams, so a file that ends in the middle gives what came before.
And only a dozen elements matter here, whose names are the same in all versions of both messages. Packages that were
looked at: `pacs008` (Apache or MIT) has no pacs.009 and brings a web server, a cryptography library and a ceiling on
pyarrow; `pyiso20022` (MIT) is 29 MB of generated classes for one version each, reads through `xsdata`, and knows no
lines. Entity bombs need a document type declaration; ISO 20022 messages have none, so any is refused.

What is read of each transfer (the first element that is there counts):

    id          PmtId/TxId, PmtId/UETR, PmtId/InstrId, PmtId/EndToEndId
    time        SttlmTmReq/FrTm, AccptncDtTm, the message's GrpHdr/CreDtTm: the time of day as written
    deadline    SttlmTmReq/TillTm
    amount      IntrBkSttlmAmt, with its currency
    priority    SttlmPrty, else PmtTpInf/InstrPrty: URGT 0, HIGH 1, NORM 2
    sender      InstgAgt, the message's InstgAgt, else the debtor (pacs.009) or its agent (pacs.008)
    receiver    InstdAgt, the message's InstdAgt, else the creditor or its agent

A bank is its BIC (BICFI or BIC), else its clearing member id, else its LEI.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape

from .clock import written
from .day import Day
from .logbook import Log, Logbook, Reading, files, read_into

MESSAGES = ("FIToFICstmrCdtTrf", "FICdtTrf", "FinInstnCdtTrf")
TRANSFER = "CdtTrfTxInf"
PRIORITIES = {"URGT": "0", "HIGH": "1", "NORM": "2"}
_IDS = ("TxId", "UETR", "InstrId", "EndToEndId")
_BANK = ("BICFI", "BIC", "ClrSysMmbId/MmbId", "LEI")
_NEXT = (expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT],
         expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI])  # fmt: skip
_ENDS = (expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
         expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN])  # fmt: skip


def read_messages(paths: str | Path | Iterable[str | Path], reading: Reading | None = None) -> Log:
    """A day of payments from ISO 20022 files, or from folders of them.

    A file may hold several messages: one after the other, or inside an envelope. Bad transfers are set aside as in
    `read_csv`; so is what follows a place where the XML is broken or ends too early, named by file and line, and the
    difference where a message says that it has another number of transfers.

    Raises:
        BadPayments: a file that does not exist; with `strict`, anything bad.
    """
    book = Logbook(reading or Reading())
    read_into(book, files(paths, ".xml"), _messages)
    return book.closed()


def _messages(book: Logbook, file: str, data: bytes) -> None:
    """All messages of a file: a new parser begins where one document has ended and another follows."""
    begin, line = 0, 0
    found = 0
    while data[begin:].strip():
        reader = _Reader(book, file, line)
        try:
            reader.parser.Parse(data[begin:], True)
        except expat.ExpatError as error:
            offset = reader.parser.ErrorByteIndex
            if error.code in _NEXT and reader.ended and offset > 0:
                found += reader.messages
                line += data.count(b"\n", begin, begin + offset)
                begin += offset
                continue
            reader.broken(error, at_end=not data[begin + offset :].strip() or error.code in _ENDS)
        except _Refused as refused:
            book.reject(file, refused.line, str(refused))
        found += reader.messages
        break
    if not found and not any(row.file == file for row in book.rejected):
        book.reject(file, 1, "no pacs.008 or pacs.009 message in the file")


class _Refused(Exception):
    """Something that no message has."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


class _Reader:
    """Follows one XML document and hands its transfers to the logbook."""

    def __init__(self, book: Logbook, file: str, lines_before: int) -> None:
        self.book, self.file, self.before = book, file, lines_before
        self.path: list[str] = []
        self.text: list[str] = []
        self.header: dict[str, str] = {}
        self.transfer: dict[str, str] | None = None
        self.message = ""
        self.begun = self.announced = self.transfers = self.messages = 0
        self.ended = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text.append
        self.parser.StartDoctypeDeclHandler = self.refuse

    @property
    def line(self) -> int:
        """The line of the file that is being read."""
        return self.before + self.parser.CurrentLineNumber

    def refuse(self, *declaration: object) -> None:
        """No message has a document type, and entities could be declared in one."""
        raise _Refused(self.line, "a document type declaration, which no ISO 20022 message has; the rest is not read")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(" ")[2]
        self.path.append(name)
        self.text.clear()
        if name in MESSAGES and not self.message:
            self.message, self.header, self.transfers = name, {}, 0
            self.messages += 1
            self.announced = self.line
        elif self.message and name == TRANSFER:
            self.transfer, self.begun = {}, self.line
        elif name == "IntrBkSttlmAmt" and self.transfer is not None:
            self.transfer["currency"] = attributes.get("Ccy", "")

    def end(self, name: str) -> None:
        """An element ends."""
        inside = self.path.pop()
        text = "".join(self.text).strip()
        self.text.clear()
        if self.transfer is not None:
            if inside == TRANSFER:
                self.transfers += 1
                self.book.add(self.file, self.begun, self.fields(self.transfer))
                self.transfer = None
            elif text:
                self.transfer["/".join([*self.path[self.path.index(TRANSFER) + 1 :], inside])] = text
        elif self.message and "GrpHdr" in self.path and text:
            self.header["/".join([*self.path[self.path.index("GrpHdr") + 1 :], inside])] = text
        elif inside == self.message:
            self.count()
            self.message = ""
        self.ended = not self.path

    def count(self) -> None:
        """Hold the transfers of a message against the number that it announces."""
        said = self.header.get("NbOfTxs")
        if said is not None and said != str(self.transfers):
            name = self.header.get("MsgId", "without id")
            reason = f"message {name} announces {said} transfers (NbOfTxs), it has {self.transfers}"
            self.book.reject(self.file, self.announced, reason)

    def fields(self, found: dict[str, str]) -> dict[str, str]:
        """A transfer as the columns of a log."""
        first = lambda *names: next((found[name] for name in names if found.get(name)), "")
        customer = self.message == MESSAGES[0]
        created = first("AccptncDtTm") or self.header.get("CreDtTm", "")
        asked = first("SttlmPrty", "PmtTpInf/InstrPrty") or self.header.get("PmtTpInf/InstrPrty", "")
        agent = lambda own, party: (
            _bank(found, own) or _bank(self.header, own) or _bank(found, f"{party}Agt" if customer else party)
        )
        return {
            "id": first(*(f"PmtId/{name}" for name in _IDS)),
            "time": _clock(first("SttlmTmReq/FrTm") or created.partition("T")[2]),
            "deadline": _clock(first("SttlmTmReq/TillTm")),
            "amount": first("IntrBkSttlmAmt"), "currency": first("currency"),
            "priority": PRIORITIES.get(asked, asked),
            "sender": agent("InstgAgt", "Dbtr"), "receiver": agent("InstdAgt", "Cdtr"),
        }

    def broken(self, error: expat.ExpatError, at_end: bool) -> None:
        """Name the place at which the XML stops making sense, and what was lost there."""
        line = self.before + error.lineno
        what = f"in {self.path[-1]}" if self.path else "outside any element"
        lost = f" The transfer begun at line {self.begun} is lost." if self.transfer is not None else ""
        if at_end:
            reason = f"the file ends in the middle of a message, {what}"
        else:
            why = "text that is not UTF-8 or not XML" if error.code == 4 else expat.ErrorString(error.code)
            reason = f"the XML is broken {what} ({why}); the rest is not read"
        self.book.reject(self.file, line, f"{reason}.{lost}".rstrip("."))


def _bank(found: dict[str, str], role: str) -> str:
    """The name of a bank in a role, or an empty text."""
    return next((found[f"{role}/FinInstnId/{n}"] for n in _BANK if found.get(f"{role}/FinInstnId/{n}")), "")


def _clock(text: str) -> str:
    """The clock of an ISO time: without its zone, and without what is finer than a millisecond."""
    for sign in "Z+-":
        text = text.partition(sign)[0]
    clock, _, fraction = text.partition(".")
    return f"{clock}.{fraction[:3]}" if fraction else clock


def write_messages(day: Day, path: str | Path, *, date: str = "2024-01-02", per_message: int = 1000) -> None:
    """Write a day as pacs.009 messages, several per file; `read_messages` gives back the same payments.

    Ids go to TxId, times to SttlmTmReq/FrTm, deadlines to TillTm, banks to BICFI (whatever their names: this is for
    exchange and tests, not for a network that checks BICs). Opening balances have no place in a message.

    Args:
        date: the settlement date that is written.
        per_message: most transfers in a message.
    """
    currency = day.currency or "XXX"
    documents = []
    for number, start in enumerate(range(0, len(day), per_message)):
        chosen = range(start, min(start + per_message, len(day)))
        body = "".join(_transfer(day, k, currency) for k in chosen)
        head = (
            f"<GrpHdr><MsgId>M{number + 1}</MsgId><CreDtTm>{date}T{_full(day.time[start])}</CreDtTm>"
            f"<NbOfTxs>{len(chosen)}</NbOfTxs><IntrBkSttlmDt>{date}</IntrBkSttlmDt>"
            "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>\n"
        )
        space = 'xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.009.001.08"'
        documents.append(f"<Document {space}><FICdtTrf>{head}{body}</FICdtTrf></Document>\n")
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<Messages>\n' + "".join(documents) + "</Messages>\n"
    Path(path).write_text(text, encoding="utf-8")


def _transfer(day: Day, k: int, currency: str) -> str:
    """One transfer, on a line of its own."""
    agent = lambda bank: f"<FinInstnId><BICFI>{escape(day.name(bank))}</BICFI></FinInstnId>"
    till = f"<TillTm>{_full(day.deadline[k])}</TillTm>" if day.deadline[k] >= 0 else ""
    priority = next(word for word, code in PRIORITIES.items() if code == str(day.priority[k]))
    units, rest = divmod(int(day.amount[k]), 100)
    name = escape(str(day.ids[k]))
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{name}</EndToEndId><TxId>{name}</TxId></PmtId>"
        f'<IntrBkSttlmAmt Ccy="{currency}">{units}.{rest:02}</IntrBkSttlmAmt><SttlmPrty>{priority}</SttlmPrty>'
        f"<SttlmTmReq>{till}<FrTm>{_full(day.time[k])}</FrTm></SttlmTmReq>"
        f"<InstgAgt>{agent(day.sender[k])}</InstgAgt><InstdAgt>{agent(day.receiver[k])}</InstdAgt>"
        f"<Dbtr>{agent(day.sender[k])}</Dbtr><Cdtr>{agent(day.receiver[k])}</Cdtr></CdtTrfTxInf>\n"
    )


def _full(time: int) -> str:
    """A time with its seconds."""
    clock = written(time)
    return clock if clock.count(":") == 2 else f"{clock}:00"
