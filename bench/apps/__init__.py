"""The HTTP programs that others would write; what the product is compared with."""
