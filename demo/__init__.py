"""The demo project: its invented people and files, how they are loaded, and a walk through it."""
