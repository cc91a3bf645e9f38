"""What is kept: base record, sessions, the tables true of any record, lease and fence SQL, migrations, reporting views.

Knows nobody: `db` imports neither `hub` nor `jobs`."""
