"""What Labelmill costs, beside what a person would write by hand: `python -m bench`. Nothing here is timed by tests."""
