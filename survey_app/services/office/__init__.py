"""The office's own affairs. Lives here: accounts, sign-in and its throttle, the audit chain, backups. May not live here:
campaigns.
"""
