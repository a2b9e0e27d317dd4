"""How fast ballots are taken in: real servers, real connections, and every acknowledgement looked up in the counted result.

Lives here: what `pingyi bench cast` starts, asks and adds up. May not live here: anything a server needs to serve. What is
measured is not asserted: a benchmark tells, a test decides. That nothing is lost and nothing counted twice is no matter of
speed: it is checked in every run, and said.
"""
