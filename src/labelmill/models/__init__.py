"""Seam 1: what predicts."""
