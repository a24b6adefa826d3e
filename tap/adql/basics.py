"""The mandatory part of ADQL 2.1 by example, for the documentation; a test runs each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.adql.features import feature

if TYPE_CHECKING:
    from tap.adql.features import LanguageFeature

BASICS: tuple[LanguageFeature, ...] = (
    feature(
        None, "SELECT … FROM", "Columns and expressions of tables; TOP limits the rows",
        ("SELECT TOP 1 table_name FROM TAP_SCHEMA.tables ORDER BY table_name DESC",
         "tap_schema.tables"),
    ),
    feature(
        None, "DISTINCT", "Each row once",
        ("SELECT DISTINCT schema_name FROM TAP_SCHEMA.tables WHERE table_name LIKE 'tap%'",
         "tap_schema"),
    ),
    feature(
        None, "WHERE",
        "Conditions: comparisons, BETWEEN, IN, LIKE (% for any text, _ for any character),"
        " IS NULL and EXISTS, joined by AND, OR and NOT",
        (("SELECT COUNT(*) AS n FROM TAP_SCHEMA.columns"
         " WHERE table_name IN ('tap_schema.keys', 'none') AND NOT column_name LIKE '%\\_table'"
         " AND description IS NOT NULL"), 5),
        (("SELECT COUNT(*) AS n FROM TAP_SCHEMA.columns"
         " WHERE table_name = 'tap_schema.keys' AND column_name BETWEEN 'a' AND 'k'"), 2),
    ),
    feature(
        None, "JOIN",
        "Tables side by side: JOIN, LEFT, RIGHT and FULL JOIN with ON or USING, NATURAL JOIN, or"
        " tables separated by commas",
        (("SELECT COUNT(*) AS n FROM TAP_SCHEMA.tables AS t"
         " LEFT JOIN TAP_SCHEMA.schemas AS s ON t.schema_name = s.schema_name"
         " WHERE t.schema_name = 'tap_schema'"), 5),
        (("SELECT COUNT(*) AS n FROM TAP_SCHEMA.tables JOIN TAP_SCHEMA.columns USING (table_name)"
         " WHERE table_name = 'tap_schema.key_columns'"), 3),
    ),
    feature(
        None, "GROUP BY",
        "One row for each value of an expression; HAVING has conditions on these rows",
        (("SELECT table_name FROM TAP_SCHEMA.columns WHERE table_name LIKE 'tap_schema.%'"
         " GROUP BY table_name HAVING COUNT(*) > 10"), "tap_schema.columns"),
    ),
    feature(
        None, "Aggregates", "COUNT, SUM, AVG, MIN and MAX, perhaps of DISTINCT values",
        (("SELECT COUNT(DISTINCT table_name) AS n FROM TAP_SCHEMA.columns"
         " WHERE table_name LIKE 'tap_schema.%'"), 5),
        ("SELECT MAX(table_name) AS last_one FROM TAP_SCHEMA.tables", "tap_schema.tables"),
    ),
    feature(
        None, "ORDER BY", "Rows in the order of columns, aliases or expressions, DESC backwards",
        (("SELECT TOP 1 column_name FROM TAP_SCHEMA.columns WHERE table_name = 'tap_schema.keys'"
         " ORDER BY LOWER(column_name) DESC"), "utype"),
    ),
    feature(
        None, "Subqueries", "Queries in FROM, after IN and EXISTS, and as values",
        (("SELECT COUNT(*) AS n FROM TAP_SCHEMA.tables WHERE table_name IN"
         " (SELECT from_table FROM TAP_SCHEMA.keys WHERE from_table LIKE 'tap_schema.%')"), 4),
        ("(SELECT MAX(table_name) FROM TAP_SCHEMA.tables)", "tap_schema.tables"),
    ),
    feature(
        None, "Arithmetic",
        "+, -, * and /, where whole numbers divide to a whole number",
        ("7 / 2", 3), ("7 / 2.0", 3.5), ("-(2 + 3) * 4", -20),
    ),
    feature(None, "||", "Texts one after the other", ("'CoRoT' || '-' || 'N2'", "CoRoT-N2")),
    feature(
        None, "Names and comments",
        "Names do not mind their case, but for those in double quotes, which may be reserved"
        " words; -- begins a comment",
        (('SELECT COUNT("size") AS "Count" FROM tap_schema.COLUMNS -- only strings have one\n'
         " WHERE table_name = 'none'"), 0),
    ),
)  # fmt: skip
"""What every ADQL service can do."""
