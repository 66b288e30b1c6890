"""A settlement system for logs of single payments: accounts, queue, offsets, metrics, generated days, readers.

A `Day` of payments and `Rules` go into `settle`; a `Settled` day comes out. `measure`, `costs`, `network` and their
tables say what it means, `compare` and `stress` set days beside each other. `generate` draws days; `read_csv` and
`read_messages` read logs. Amounts are whole cents, times are milliseconds since midnight, tables are Arrow's.
"""

from ..core.errors import BadPayments
from .acceptance import acceptance
from .compare import compare, frontier, saving, stress
from .costs import Costs, Prices, costs
from .day import Accounts, Day
from .generator import FEDWIRE, DayLaw, endowed, generate
from .logbook import Log, Reading, Rejected
from .messages import read_messages, write_messages
from .metrics import Metrics, bounds, measure
from .network import Network, network
from .readers import read_accounts, read_csv
from .rules import HIGHLY_URGENT, NORMAL, OFFSETS, RULES, URGENT, Mechanism, Rules, named
from .settled import Settled
from .spells import Spell
from .system import settle

__all__ = [
    "FEDWIRE",
    "HIGHLY_URGENT",
    "NORMAL",
    "OFFSETS",
    "RULES",
    "URGENT",
    "Accounts",
    "BadPayments",
    "Costs",
    "Day",
    "DayLaw",
    "Log",
    "Mechanism",
    "Metrics",
    "Network",
    "Prices",
    "Reading",
    "Rejected",
    "Rules",
    "Settled",
    "Spell",
    "acceptance",
    "bounds",
    "compare",
    "costs",
    "endowed",
    "frontier",
    "generate",
    "measure",
    "named",
    "network",
    "read_accounts",
    "read_csv",
    "read_messages",
    "saving",
    "settle",
    "stress",
    "write_messages",
]
