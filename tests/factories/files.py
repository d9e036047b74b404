"""A file that people handed in, as the blob store knows it."""

from hashlib import sha256

FILE = b"a kept file"
DIGEST = sha256(FILE).hexdigest()
