"""How items move: imports, exports, what is provisioned on the other side, and the attempts behind each write. No GraphQL, no queue."""
