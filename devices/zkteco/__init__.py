"""ZKTeco terminals: what they say (pure), what they are told, and what is asked of them."""
