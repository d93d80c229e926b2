"""What the demo shows: drawn scenes with their ground truth, and the bundled cards with their weights."""
