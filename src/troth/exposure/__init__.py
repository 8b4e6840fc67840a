"""What a service tells those who should not hear it: in answers, in logs, to foreign origins."""
