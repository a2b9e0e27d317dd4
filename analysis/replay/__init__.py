"""What if: the frozen counts under a plan that differs in a weight, a line or a group. Exact; the record is only read.

Lives here: changing a plan (`changes`), running again what a change reaches (`frozen`), weights nearby (`nearby`). May not live
here: who may see it, and how it is worded.
"""
