"""The way of one ballot into the box. Lives here: credentials, rules of a ballot, sealing, commitment, receipt.

May not live here: anything that opens a ballot (`counting`).
"""
