"""The rule forms an author can write, and their table. Lives here: one function a rule, from its words to plan steps.

May not live here: arithmetic on answers (analysis), the compiler's bookkeeping (`compiling`).
"""
