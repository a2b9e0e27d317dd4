"""Charts, drawn once for page, PDF and Word: what stands where and the SVG of it. May not live here: which figures."""
