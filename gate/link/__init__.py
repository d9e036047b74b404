"""The way to the server: calls, the question asked within a budget, sync and upload."""
