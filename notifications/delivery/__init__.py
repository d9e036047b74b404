"""Getting a recorded message to its reader, and learning whether it got there."""
