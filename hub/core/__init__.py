"""The vocabulary of the hub: objects, states and their moves, rules, money, ids. Knows nobody but `db`."""
