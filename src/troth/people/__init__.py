"""Who sends: principals suited to an operation, people who sign up, and rivals of one another."""
