"""The public log: epochs, entries, voids, looking one up. The mathematics stand in `survey_app.proof`."""
