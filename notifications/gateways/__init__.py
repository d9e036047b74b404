"""Providers of text messages behind one port."""
