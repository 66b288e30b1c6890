"""ISO 20022 messages: read, written, broken."""

from pathlib import Path

import pytest

from accord.clearing.clock import HOUR
from accord.clearing.day import Accounts, BadPayments, Day
from accord.clearing.generator import DayLaw, generate
from accord.clearing.logbook import Reading
from accord.clearing.messages import read_messages, write_messages

PACS008 = """<?xml version="1.0" encoding="UTF-8"?>
<p:Document xmlns:p="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.10">
  <p:FIToFICstmrCdtTrf>
    <p:GrpHdr>
      <p:MsgId>M7</p:MsgId><p:CreDtTm>2024-03-01T09:15:30.1234+01:00</p:CreDtTm><p:NbOfTxs>2</p:NbOfTxs>
      <p:InstgAgt><p:FinInstnId><p:BICFI>AAAACATT</p:BICFI></p:FinInstnId></p:InstgAgt>
    </p:GrpHdr>
    <p:CdtTrfTxInf>
      <p:PmtId><p:InstrId>I1</p:InstrId><p:EndToEndId>E1</p:EndToEndId><p:UETR>u-1</p:UETR></p:PmtId>
      <p:PmtTpInf><p:InstrPrty>HIGH</p:InstrPrty></p:PmtTpInf>
      <p:IntrBkSttlmAmt Ccy="CAD">1500.5</p:IntrBkSttlmAmt>
      <p:Dbtr><p:Nm>Someone &amp; Co</p:Nm></p:Dbtr>
      <p:DbtrAgt><p:FinInstnId><p:BICFI>ZZZZCATT</p:BICFI></p:FinInstnId></p:DbtrAgt>
      <p:CdtrAgt><p:FinInstnId><p:ClrSysMmbId><p:MmbId>0042</p:MmbId></p:ClrSysMmbId></p:FinInstnId></p:CdtrAgt>
    </p:CdtTrfTxInf>
    <p:CdtTrfTxInf>
      <p:PmtId><p:EndToEndId>E2</p:EndToEndId></p:PmtId>
      <p:IntrBkSttlmAmt Ccy="CAD">0</p:IntrBkSttlmAmt>
      <p:CdtrAgt><p:FinInstnId><p:BIC>BBBBCATT</p:BIC></p:FinInstnId></p:CdtrAgt>
    </p:CdtTrfTxInf>
  </p:FIToFICstmrCdtTrf>
</p:Document>
"""


def put(folder: Path, text: str | bytes, name: str = "in.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def same(one: Day, other: Day) -> bool:
    return one.table().to_pydict() == other.table().to_pydict()


def test_a_customer_transfer(tmp_path: Path):
    found = read_messages(put(tmp_path, PACS008))
    day = found.day
    assert day.ids.tolist() == ["u-1"] and day.amount.tolist() == [150050] and day.currency == "CAD"
    assert day.time.tolist() == [9 * HOUR + 15 * 60_000 + 30_123] and day.priority.tolist() == [1]
    assert day.accounts.banks == ("0042", "AAAACATT")
    assert day.name(day.sender[0]) == "AAAACATT"  # the instructing agent, before the debtor's
    (bad,) = found.rejected
    assert (bad.line, bad.reason) == (16, "amount 0, expected more")


def test_the_debtor_stands_in_for_an_instructing_agent(tmp_path: Path):
    text = PACS008.replace("InstgAgt>", "Other>").replace("FIToFICstmrCdtTrf", "FICdtTrf")
    bank = "<p:Dbtr><p:FinInstnId><p:LEI>529900</p:LEI></p:FinInstnId></p:Dbtr>"
    text = text.replace("<p:Dbtr><p:Nm>Someone &amp; Co</p:Nm></p:Dbtr>", bank).replace("CdtrAgt>", "Cdtr>")
    day = read_messages(put(tmp_path, text)).day
    assert [day.name(day.sender[0]), day.name(day.receiver[0])] == ["529900", "0042"]


def test_what_is_written_is_read_again(tmp_path: Path):
    day = generate(DayLaw(payments=2500, counts="fixed", urgent=0.4, timed=0.3), seed=3)
    write_messages(day, tmp_path / "out.xml", per_message=999)
    found = read_messages(tmp_path / "out.xml", Reading(day.accounts, day.opens, day.closes, strict=True))
    assert same(found.day, day)
    assert (tmp_path / "out.xml").read_text().count("<Document") == 3


def test_names_are_escaped(tmp_path: Path):
    day = Day.of(Accounts.of(["A&B", "<C>"]), [HOUR], ["A&B"], ["<C>"], [1], ids=["x&y"])
    write_messages(day, tmp_path / "out.xml")
    assert same(read_messages(tmp_path / "out.xml", Reading(day.accounts)).day, day)


def test_messages_one_after_the_other(tmp_path: Path):
    second = PACS008.replace("u-1", "u-2").replace("M7", "M8")
    found = read_messages(put(tmp_path, PACS008 + "\n" + second + second.replace("u-2", "u-3").partition("\n")[2]))
    assert found.day.ids.tolist() == ["u-1", "u-2", "u-3"]
    lines = PACS008.count("\n")
    assert [row.line for row in found.rejected] == [16, 16 + lines + 1, 16 + 2 * lines]


def test_folders_and_ids_across_files(tmp_path: Path):
    put(tmp_path, PACS008, "b.xml")
    put(tmp_path, PACS008.replace("u-1", "u-0"), "a.xml")
    put(tmp_path, PACS008, "c.xml")
    put(tmp_path, " \n", "d.xml")
    found = read_messages(tmp_path)
    assert found.day.ids.tolist() == ["u-0", "u-1"]
    where = [(Path(row.file).name, row.line) for row in found.rejected]
    assert where == [("a.xml", 16), ("b.xml", 16), ("c.xml", 8), ("c.xml", 16), ("d.xml", 1)]


@pytest.mark.parametrize("keep", ["</p:CdtTrfTxInf>", "<p:PmtId><p:EndToEndId>E2", "<p:IntrBkSttlmAmt Ccy="])
def test_a_truncated_message_keeps_what_came_before(tmp_path: Path, keep: str):
    where = PACS008.index("</p:CdtTrfTxInf>") if keep.startswith("</") else PACS008.rindex(keep)
    cut = PACS008[: where + len(keep)]
    found = read_messages(put(tmp_path, cut))
    assert found.day.ids.tolist() == ["u-1"]
    (bad,) = found.rejected
    assert "the file ends in the middle of a message" in bad.reason
    assert bad.line == cut.count("\n") + 1
    lost = "The transfer begun at line 16 is lost" in bad.reason
    assert lost == (not keep.startswith("</"))
    with pytest.raises(BadPayments, match=r"in\.xml, line \d+: the file ends in the middle"):
        read_messages(tmp_path / "in.xml", Reading(strict=True))


def test_broken_xml_is_named(tmp_path: Path):
    found = read_messages(put(tmp_path, PACS008.replace("</p:GrpHdr>", "</p:Header>")))
    assert found.accepted == 0 and found.rejected[0].line == 7
    assert "the XML is broken in GrpHdr (mismatched tag)" in found.rejected[0].reason
    latin = PACS008.replace("Someone", "Andr\xe9").encode("latin-1")
    assert "text that is not UTF-8" in read_messages(put(tmp_path, latin)).rejected[0].reason


def test_a_wrong_number_of_transfers_is_named(tmp_path: Path):
    found = read_messages(put(tmp_path, PACS008.replace("<p:NbOfTxs>2", "<p:NbOfTxs>3")))
    assert found.accepted == 1
    assert found.rejected[-1].reason == "message M7 announces 3 transfers (NbOfTxs), it has 2"
    assert found.rejected[-1].line == 3


def test_entities_are_refused(tmp_path: Path):
    bomb = '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol">]>\n<Document>&lol;</Document>'
    found = read_messages(put(tmp_path, bomb))
    assert found.accepted == 0
    assert (found.rejected[0].line, found.rejected[0].reason[:27]) == (2, "a document type declaration")


def test_other_xml_is_no_payment(tmp_path: Path):
    found = read_messages(put(tmp_path, "<Document><Something/></Document>"))
    assert [row.reason for row in found.rejected] == ["no pacs.008 or pacs.009 message in the file"]


def test_mixed_currencies_and_unknown_banks(tmp_path: Path):
    text = PACS008.replace('Ccy="CAD">0<', 'Ccy="USD">7<')
    assert "currency USD, expected CAD" in read_messages(put(tmp_path, text)).rejected[0].reason
    reading = Reading(Accounts.of(["AAAACATT", "BBBBCATT"]), currency="USD")
    found = read_messages(tmp_path / "in.xml", reading)
    assert found.day.amount.tolist() == [700]
    assert found.rejected[0].reason == "bank '0042' has no account"
