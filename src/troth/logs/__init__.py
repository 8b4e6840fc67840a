"""What a service writes into its log, wherever it does: sources, canaries, and what was forged."""
