"""`python -m survey_app.cli` is `pingyi`."""

from survey_app.cli import main

main()
