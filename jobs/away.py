"""How it shows that Postgres cannot be reached, to code that will simply try again."""

import asyncpg

from jobs.retry import DATABASE_AWAY

# Outside a handler a closed connection is no bug: the server has ended it.
AWAY = (*DATABASE_AWAY, asyncpg.InterfaceError, OSError)
