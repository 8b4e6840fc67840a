"""Requests that are served: values from the document, from answers and from refusals."""
