"""Seam 2: files <-> core, one file of streaming pure functions per format."""
