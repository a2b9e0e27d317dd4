"""What one revision takes from a program that was written for the tables before it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect


@dataclass(frozen=True)
class Shape:
    """Of each table its columns (type, may it be empty, is there a default) and what its rows must hold."""

    columns: dict[tuple[str, str], tuple[str, bool, bool]]
    demands: frozenset[tuple[str, str]]
    tables: frozenset[str]


def shape(connection: Connection) -> Shape:
    """As the database has it."""
    look = inspect(connection)
    tables = frozenset(look.get_table_names()) - {"alembic_version"}
    columns = {
        (table, one["name"]): (
            str(one["type"]),
            bool(one["nullable"]),
            one.get("default") is not None or bool(one.get("autoincrement") is True),
        )
        for table in tables
        for one in look.get_columns(table)
    }
    demands = {
        (table, f"unique {sorted(map(str, one['column_names']))}")
        for table in tables
        for one in look.get_unique_constraints(table)
    }
    demands |= {
        (table, f"unique {sorted(map(str, one['column_names']))}")
        for table in tables
        for one in look.get_indexes(table)
        if one["unique"]
    }
    demands |= {(table, f"check {one['sqltext']}") for table in tables for one in look.get_check_constraints(table)}
    demands |= {
        (table, f"refers {one['constrained_columns']} to {one['referred_table']}")
        for table in tables
        for one in look.get_foreign_keys(table)
    }
    return Shape(columns, frozenset(demands), tables)


def taken_away(before: Shape, after: Shape) -> list[str]:
    """What an older program would miss or be refused, in words; empty where it can go on beside the new one."""
    found = [f"table {table} is gone" for table in sorted(before.tables - after.tables)]
    for (table, column), (kind, empty, default) in sorted(after.columns.items()):
        if table not in before.tables:
            continue
        old = before.columns.get((table, column))
        if old is None and not (empty or default):
            found.append(f"{table}.{column} is new and must be filled, which an older program does not")
        elif old is not None and old[0] != kind:
            found.append(f"{table}.{column} was {old[0]} and is {kind}")
        elif old is not None and old[1] and not empty:
            found.append(f"{table}.{column} could be left empty before")
        elif old is not None and old[2] and not default:
            found.append(f"{table}.{column} had a default before")
    found += [
        f"{table}.{column} is gone"
        for table, column in sorted(before.columns.keys() - after.columns.keys())
        if table in after.tables
    ]
    new = sorted(demand for demand in after.demands - before.demands if demand[0] in before.tables)
    return found + [f"{table} demands what it did not: {what}" for table, what in new]
