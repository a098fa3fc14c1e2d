"""What restkit costs beside others: `python -m benchmarks [ID ...]`.

`table.py` holds every figure with its "must" and its goal, `rows/` measures one figure a file, `contenders/` shows each
library doing the same work, `results.json` holds what was measured last.
"""
