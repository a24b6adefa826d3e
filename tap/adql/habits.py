"""What people used to other databases write, and what ADQL has instead."""

from __future__ import annotations

_TOP = "write SELECT TOP n … instead"
_NO_WINDOWS = "ADQL has no window functions: join with a subquery that groups instead"
_STRINGS = "ADQL cannot take strings apart: compare them by LIKE"
_TRUTH = "ADQL has no TRUE and FALSE: compare with 1 or 0"
_NOW = "ADQL has no current time: write it as a string, 'YYYY-MM-DDThh:mm:ss'"

WORDS = {
    "TOP": "TOP n comes first in the select list, after DISTINCT or ALL",
    "DISTINCT": "DISTINCT comes directly after SELECT, before TOP",
    "LIMIT": f"ADQL has no LIMIT: {_TOP}",
    "FETCH": f"ADQL has no FETCH: {_TOP}",
    "ROWNUM": f"ADQL has no ROWNUM: {_TOP}",
    "OUTER": "write LEFT, RIGHT or FULL before OUTER JOIN",
    "CROSS": "ADQL has no CROSS JOIN: separate the tables by a comma instead",
    "LATERAL": "ADQL has no LATERAL: use a subquery in the select list or in WHERE",
    "RECURSIVE": "a query of WITH cannot use itself in ADQL",
    "ISNULL": "write IS NULL",
    "NOTNULL": "write IS NOT NULL",
    "MINUS": "ADQL calls this set operator EXCEPT",
    "REGEXP": "ADQL has no regular expressions: use LIKE",
    "RLIKE": "ADQL has no regular expressions: use LIKE",
    "SIMILAR": "ADQL has no regular expressions: use LIKE",
    "ESCAPE": "LIKE has no ESCAPE in ADQL: % and _ always stand for other characters",
    "DIV": "write x / y, which divides integers without a rest",
    "XOR": "ADQL has AND, OR and NOT only",
    "OVER": _NO_WINDOWS,
    "WINDOW": _NO_WINDOWS,
    "QUALIFY": _NO_WINDOWS,
    "FILTER": "ADQL has no FILTER: aggregate a CASE expression instead",
    "NULLS": "ADQL has no NULLS FIRST or LAST",
    "ANY": "use IN or EXISTS with the subquery",
    "SOME": "use IN or EXISTS with the subquery",
    "TRUE": _TRUTH,
    "FALSE": _TRUTH,
    "UNKNOWN": "write IS NULL",
    "INTO": "a query only reads: remove INTO",
    "FOR": "a query only reads: remove FOR …",
    "VALUES": "rows cannot be written in a query: upload them as a table",
    "EXTRACT": "ADQL cannot take timestamps apart: compare them with strings",
    "INTERVAL": "ADQL cannot calculate with times: write the timestamp itself",
    "DATE": "timestamps are strings, without DATE before them",
    "TIME": "timestamps are strings, without TIME before them",
    "CURRENT_DATE": _NOW,
    "CURRENT_TIME": _NOW,
    "CURRENT_TIMESTAMP": _NOW,
    "NULLIF": "write CASE WHEN a = b THEN NULL ELSE a END",
    "SUBSTRING": _STRINGS,
    "TRIM": _STRINGS,
    "POSITION": _STRINGS,
    "CHAR_LENGTH": _STRINGS,
    "CHARACTER_LENGTH": _STRINGS,
    "CONVERT": "write CAST(x AS type)",
}
"""Words other databases know, where they cannot stand, and what to do instead."""

LIKELY_NAMES = frozenset({"DATE", "TIME", "POSITION", "INTERVAL", "UNKNOWN"})
"""Those of them a column may well be called, unless a string or parenthesis follows."""

FUNCTIONS = {
    "LN": "the natural logarithm is LOG(x)",
    "CEIL": "write CEILING(x)",
    "POW": "write POWER(x, y)",
    "TRUNC": "write TRUNCATE(x, n)",
    "RANDOM": "write RAND()",
    "CONCAT": "strings are joined by ||",
    "NVL": "write COALESCE(x, y)",
    "IFNULL": "write COALESCE(x, y)",
    "ISNULL": "write x IS NULL, or COALESCE(x, y)",
    "LCASE": "write LOWER(x)",
    "UCASE": "write UPPER(x)",
    "IF": "write CASE WHEN … THEN … ELSE … END",
    "IIF": "write CASE WHEN … THEN … ELSE … END",
    "DECODE": "write CASE x WHEN … THEN … END",
    "GREATEST": "write CASE WHEN a > b THEN a ELSE b END",
    "LEAST": "write CASE WHEN a < b THEN a ELSE b END",
    "SIGN": "write CASE WHEN x < 0 THEN -1 … END",
    "MEAN": "write AVG(x)",
    "STDDEV": "write SQRT(AVG(x * x) - AVG(x) * AVG(x))",
    "VARIANCE": "write AVG(x * x) - AVG(x) * AVG(x)",
    "NOW": _NOW,
    "GETDATE": _NOW,
    "TO_CHAR": "write CAST(x AS VARCHAR)",
    "TO_DATE": "write CAST(x AS TIMESTAMP)",
    "TO_TIMESTAMP": "write CAST(x AS TIMESTAMP)",
    "LENGTH": _STRINGS,
    "SUBSTR": _STRINGS,
    "REPLACE": _STRINGS,
    "ROW_NUMBER": _NO_WINDOWS,
    "RANK": _NO_WINDOWS,
    "Q3C_RADIAL_QUERY": "write 1 = CONTAINS(POINT(ra, dec), CIRCLE(ra, dec, radius))",
    "Q3C_JOIN": "write DISTANCE(POINT(ra, dec), POINT(ra, dec)) < radius",
}
"""Functions other databases have, and what to write instead."""

QUERY_STARTS = frozenset(
    [
        "INSERT",
        "UPDATE",
        "DELETE",
        "DROP",
        "CREATE",
        "ALTER",
        "GRANT",
        "REVOKE",
        "COPY",
        "SET",
        "TRUNCATE",
        "EXPLAIN",
        "SHOW",
        "DESCRIBE",
        "CALL",
        "EXEC",
        "EXECUTE",
        "MERGE",
        "BEGIN",
    ]
)
"""First words of what is not a query."""
