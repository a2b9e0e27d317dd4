"""The product as a stranger installs it: what run.lock lists and nothing else, in a folder and a HOME of its own."""
