"""What other makers' terminals say, each read in its own dialect; pure."""
