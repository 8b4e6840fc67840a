"""PRO: what a model of a service says about sequences of requests, one property a file."""
