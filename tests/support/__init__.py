"""What tests share: a PostgreSQL of their own, a running server, a fixed clock."""
