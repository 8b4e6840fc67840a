"""Checks: pure functions of one exchange. Each is charged to the property that owns the fault."""
