"""Transport: the only code that opens connections to the target; nothing here judges an answer."""
