"""One principal and what is another's: read, changed, listed, borrowed and overheard."""
