"""Paper: cards, helmet stickers, PIN letters, posters and notice boards as PDF."""
