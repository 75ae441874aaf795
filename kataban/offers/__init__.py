"""What an offer costs, whether it can be bought, how long that is fresh, and when it arrives. Plain Python, no I/O."""

from kataban.offers.arrival import Arrival, arrival, arrival_of, late_reason
from kataban.offers.cadence import LookAgain, due_at, look_again_of
from kataban.offers.freshness import fresh_until
from kataban.offers.margin import Margins
from kataban.offers.places import Place, same_goods
from kataban.offers.price import price_doubt, total
from kataban.offers.profit import Terms, break_even, profit, rates_of
from kataban.offers.purchase import purchase
from kataban.offers.seen import Look, Offered, Rules, Seen, Sign, SupplyEvidence
from kataban.offers.supply import Conclusion, supply
from kataban.offers.table import arrival_columns

__all__ = [
    "Arrival", "Conclusion", "Look", "LookAgain", "Margins", "Offered", "Place", "Rules", "Seen", "Sign",
    "SupplyEvidence", "Terms",
    "arrival", "arrival_columns", "arrival_of", "break_even", "due_at", "fresh_until", "late_reason", "look_again_of",
    "price_doubt", "profit", "purchase", "rates_of", "same_goods", "supply", "total",
]
