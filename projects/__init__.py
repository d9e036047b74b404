"""Projects, the companies and teams on them, and the workers and contracts of their rosters."""
