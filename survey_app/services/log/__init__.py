"""The public log: epochs, entries, looking one up. The mathematics stand in `survey_app.proof`."""
