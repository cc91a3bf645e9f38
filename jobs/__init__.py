"""When things happen: the worker behind arq, leases kept alive, the sweeper, the retry table, the sealer."""
