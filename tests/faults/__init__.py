"""What breaks during a session, broken on purpose: nothing that somebody was told is saved may be lost.

The short forms are tests. A module with `run() -> bool` is a long form: it prints its row of a table and returns
whether the bar is met; `make faults` finds them all.
"""
