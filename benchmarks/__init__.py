"""How long it takes to regenerate the notebooks, by several ways.

``uv run python -m benchmarks`` prints one table; ``--quick`` tries everything once.
Everything happens in a copy, so that editing and running leave nothing behind.
"""
