"""Whoever builds the wheel, its files have the same modes: what setuptools copies follows the umask, and a wheel keeps modes.

Everything else of the build stands in pyproject.toml.
"""

import os

from setuptools import setup

os.umask(0o022)
setup()
