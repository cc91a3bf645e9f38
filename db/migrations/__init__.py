"""Alembic migrations, applied in order under a lock by `db.migrate`."""
