"""Pages for voters and visitors: no cookie is read or set. May not live here: pages behind a sign-in (`office`)."""
