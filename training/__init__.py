"""How the demo's models were made, and how good they are; needs the extra `train`."""
