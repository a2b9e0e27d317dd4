"""What a web server loads: the application with the settings of its environment. Nothing else happens here."""

from survey_app import create_app
from survey_app.config import Config

app = create_app(Config.from_environment())
