"""Seam 4: where and when work runs."""
