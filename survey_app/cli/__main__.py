"""`python -m survey_app.cli` is `pingyi`."""

from survey_app.cli import main

if __name__ == "__main__":  # a worker process of ours loads this file too, under another name
    main()
