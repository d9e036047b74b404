"""Everything a laptop needs around the product: set-up, bundled servers, one start command."""
