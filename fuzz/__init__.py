"""FUZ: what an OpenAPI document promises, one property a file."""
