"""What a gate keeps on its disk, so that a power cut at any moment costs nothing."""
