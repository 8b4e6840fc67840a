"""The agents that every tenant has, by their keys."""

AGENT_KEYS = ("triage", "researcher", "writer")
