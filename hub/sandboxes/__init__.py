"""Local stand-ins for the vendors' servers over real HTTP; only the command line and tests import this room.

Each sandbox is a package with `create_app(store, seed, ...)` and `main(port, store, seed)`. Nothing here
imports the rest of `hub`: a sandbox that shared code with a connector would share its mistakes as well.
"""
