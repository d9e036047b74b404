"""Who is calling, what they may do, how they sign in, and who looked at whose data."""
