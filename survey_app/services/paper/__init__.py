"""Filled forms of paper, typed twice and blind, until they are cast like any other. May not live here: what a ballot is and
whether it is taken (`services.casting`), sheets as PDF (`printing`).
"""
