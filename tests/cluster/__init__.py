"""A cluster on one machine, from the files of deploy/, and what befalls it while people cast (`make test-cluster`)."""
