"""A folder counted without a server: a scheme file beside plain tables (csv or xlsx), read into `analysis.Evidence`.

Lives here: the tables and their columns, the safe reading of csv and xlsx, and every problem of a folder by file and row.
The door is `questionnaires.folder.reader.read_folder`. A wrong folder is refused whole.
"""
