"""The 安薪码: its formats, keys and pictures."""
