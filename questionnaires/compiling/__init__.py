"""From named quantities to a flat plan. Lives here: formulas, the compiler, the call a rule works with, the layout of
results.

May not live here: any rule of its own (`rules`); the table of rules is handed in.
"""
