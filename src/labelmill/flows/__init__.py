"""The verbs of the product, each load -> core -> save."""
