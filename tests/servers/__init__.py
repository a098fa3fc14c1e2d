"""Tests against real servers: `table.py` says which, a test asks for one by name.

    @pytest.mark.server
    def test_status(served: Served) -> None:
        address = served("httpbin").address

A server is installed once for this user, started once for a run on a free port of the loopback address, and ended with
its whole process group. Where one cannot be had the test is skipped and says why; with CI set, it fails.
"""
