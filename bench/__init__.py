"""Speed as ratios: ours against baselines measured in the same run, on the real servers.

To add a bench, write a function in a file of `bench/groups/` and decorate it (`bench.harness`).
"""
