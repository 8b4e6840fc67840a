"""Faults of real services, planted in the reference service one at a time to prove the oracles."""
