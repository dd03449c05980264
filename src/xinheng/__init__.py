"""Xinheng 信衡: a public credit information platform for organizations."""

__version__ = "0.1.0"
