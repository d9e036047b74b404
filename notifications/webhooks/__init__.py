"""Telling other systems what happened: signed, in order, until they answer."""
