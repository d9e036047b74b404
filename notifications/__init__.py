"""Telling a person something, once: templates, delivery, gateways."""
