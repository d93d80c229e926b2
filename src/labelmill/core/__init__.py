"""The pure part: values and rules. No I/O, clock, randomness, SQL or HTTP."""
