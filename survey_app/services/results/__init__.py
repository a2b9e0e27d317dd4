"""What a result shows: the newest report narrowed to what the caller may see and what the release lets out.

May not live here: computing a figure (analysis), what may leave (`release`), files (exports).
"""
