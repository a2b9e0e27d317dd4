"""Sheets for people: slips to cut, a poster, personal invitations. Pure: text in, PDF bytes out, nothing on disk."""

from survey_app.printing.invitations import InvitationSheet, invitations_pdf
from survey_app.printing.poster import Poster, poster_pdf
from survey_app.printing.slips import SlipSheet, slips_pdf

__all__ = ["InvitationSheet", "Poster", "SlipSheet", "invitations_pdf", "poster_pdf", "slips_pdf"]
