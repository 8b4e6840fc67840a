"""Where the platform's things are kept: one small repository for each kind."""
