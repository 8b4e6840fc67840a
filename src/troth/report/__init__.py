"""What people see of a run: header, progress and summary."""
