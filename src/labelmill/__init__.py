"""Labelmill labels whole datasets of images and text and asks people only about what it is not sure of."""

__version__ = "0.1.0"
