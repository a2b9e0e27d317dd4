"""Files to cells and back, under both roads (folder and upload). Lives here: the gate before a workbook, a cell as text,
numbers as typed, tables on their way into csv and xlsx. May not live here: what a column means, Flask, translations.
"""
