"""Properties run as pytest's tests: what is asked, where, for how long, and how it ends."""
