"""ISO 20022 pain.001.001.09: the order as a customer credit transfer of salaries."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from core.clock import SHANGHAI, local_date
from core.money import to_yuan
from payroll.bank_errors import PayerMissingError
from payroll.bank_order import PURPOSE, Instruction, Order, Payer

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
SALARY = "SALA"
"""ExternalCategoryPurpose1Code and ExternalPurpose1Code."""
CNAPS = "CNAPS"
"""ExternalClearingSystemIdentification1Code."""
CURRENCY = "CNY"
LONGEST_NAME = 140


def write_transfer(order: Order) -> bytes:
    """Return the document; PayerMissingError without the payer's name, account and bank.

    The workers' identity numbers stay out: no element needs them.
    """
    if not (order.payer.name and order.payer.account and order.payer.bank_name):
        raise PayerMissingError
    document = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    _add_header(SubElement(initiation, "GrpHdr"), order)
    payment = SubElement(initiation, "PmtInf")
    _add_payment(payment, order)
    for instruction in order.instructions:
        _add_transfer(SubElement(payment, "CdtTrfTxInf"), order.reference, instruction)
    ElementTree.indent(document)
    text: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return text


def _add_header(header: Element, order: Order) -> None:
    drawn_up = order.drawn_up_at.astimezone(SHANGHAI)
    _add(header, "MsgId", order.reference)
    _add(header, "CreDtTm", drawn_up.isoformat(timespec="seconds"))
    _add_totals(header, order)
    _add(SubElement(header, "InitgPty"), "Nm", order.payer.name[:LONGEST_NAME])


def _add_payment(payment: Element, order: Order) -> None:
    _add(payment, "PmtInfId", f"{order.reference}-P")
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "true")
    _add_totals(payment, order)
    _add(payment, "PmtTpInf/CtgyPurp/Cd", SALARY)
    _add(payment, "ReqdExctnDt/Dt", local_date(order.drawn_up_at).isoformat())
    _add_debtor(payment, order.payer)


def _add_debtor(payment: Element, payer: Payer) -> None:
    _add(payment, "Dbtr/Nm", payer.name[:LONGEST_NAME])
    _add(payment, "DbtrAcct/Id/Othr/Id", payer.account)
    _add(payment, "DbtrAgt/FinInstnId/Nm", payer.bank_name[:LONGEST_NAME])


def _add_transfer(transfer: Element, reference: str, instruction: Instruction) -> None:
    _add(transfer, "PmtId/EndToEndId", f"{reference}-{instruction.row_number:04d}")
    amount = _add(transfer, "Amt/InstdAmt", to_yuan(instruction.amount_fen))
    amount.set("Ccy", CURRENCY)
    bank = SubElement(SubElement(transfer, "CdtrAgt"), "FinInstnId")
    if instruction.bank_link_number:
        member = SubElement(bank, "ClrSysMmbId")
        _add(member, "ClrSysId/Cd", CNAPS)
        _add(member, "MmbId", instruction.bank_link_number)
    _add(bank, "Nm", instruction.bank_name[:LONGEST_NAME])
    _add(transfer, "Cdtr/Nm", instruction.name[:LONGEST_NAME])
    _add(transfer, "CdtrAcct/Id/Othr/Id", instruction.account)
    _add(transfer, "Purp/Cd", SALARY)
    _add(transfer, "RmtInf/Ustrd", PURPOSE)


def _add_totals(parent: Element, order: Order) -> None:
    _add(parent, "NbOfTxs", str(len(order.instructions)))
    _add(parent, "CtrlSum", to_yuan(order.total_fen))


def _add(parent: Element, path: str, text: str) -> Element:
    """Append a chain of new elements and put the text into the innermost."""
    for tag in path.split("/"):
        parent = SubElement(parent, tag)
    parent.text = text
    return parent
