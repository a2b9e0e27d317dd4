"""Two people at one form, and a form whose session ended: who changed what, field by field. May not live here: any one
form.
"""
