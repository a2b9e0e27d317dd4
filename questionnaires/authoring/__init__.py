"""New schemes from what an office has: lines of a regulation, a sheet, a plain vote. Each gives a scheme's text, nothing else.

Lives here: reading such things, and writing the text they give. May not live here: changing a text that exists (`editing`).
"""
