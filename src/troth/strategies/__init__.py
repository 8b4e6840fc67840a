"""Where inputs come from: hostile values, valid and invalid cases."""
