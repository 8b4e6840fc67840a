"""Models that drive: state machines, life cycles, lists, races and workflows."""
