"""What an offer costs, whether it can be bought, how long that is fresh, and when it arrives. Plain Python, no I/O."""

from kataban.offers.arrival import Arrival, arrival
from kataban.offers.freshness import fresh_until
from kataban.offers.price import price_doubt, total
from kataban.offers.purchase import purchase
from kataban.offers.table import arrival_columns

__all__ = ["Arrival", "arrival", "arrival_columns", "fresh_until", "price_doubt", "purchase", "total"]
