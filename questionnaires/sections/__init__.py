"""The sections of a scheme file, one reader each, into one draft. May not live here: quantities and rules (`compiling`,
`rules`).
"""
