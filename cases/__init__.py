"""Complaints and the cases the county makes of them: routing, workflow, legal clocks."""
