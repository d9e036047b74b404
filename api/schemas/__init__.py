"""Wire shapes: what goes over HTTP, decided field by field."""
