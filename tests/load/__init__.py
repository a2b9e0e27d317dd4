"""Figures, not verdicts: scripts that load a server on this machine and print what they measured."""
