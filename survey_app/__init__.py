"""The web application: storage, casting, opening, pages, command line.

Lives here: Flask, SQLAlchemy models, services, views, templates, exports. May not live here: rules of counting
(analysis) or the reading of scheme files (questionnaires).
"""
