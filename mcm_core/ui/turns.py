"""Few pages are drawn at a time.

Python computes one thing at a time, and hands over every five milliseconds. Forty pages drawn side by side each wait
for thirty-nine others at every step, also while they hold the database, and the taps of those who vote wait with them.
In turn, the first page is there at once and the last one is no later.
"""

from __future__ import annotations

import threading

DRAWING = threading.BoundedSemaphore(3)  # one computes while others wait for the database
