"""Every kind of chart with ordinary and with impossible data, to be looked at: `make gallery`. May not live here: checks."""
