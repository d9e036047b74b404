"""One file per group of benches; every file here is found by itself."""
