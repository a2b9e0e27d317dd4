"""What the examples of a scheme leave open: one thing of the file changed at a time, and counted again.

Lives here: other readings of a file, which of them no example tells apart, what a choice taken from the policy decides.
May not live here: YAML text, sentences of pages, anything that knows a terminal.
"""
