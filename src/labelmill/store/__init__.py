"""Seam 3: what remembers: the database and the bytes."""
