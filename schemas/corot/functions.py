"""The functions this archive adds to the query language."""

from schemas.functions import Example, Function

_DAY_ZERO = "2451545.0"
"""Julian Date of CoRoT day 0, which is 2000-01-01 12:00; it is no Modified Julian Date."""

FUNCTIONS = (
    Function(
        "corot_phase(time REAL, period REAL, epoch REAL) -> REAL",
        "adql.fraction(({0}::float8 - {2}) / nullif({1}, 0))",
        "Phase, from 0 to below 1, of a time in a cycle of this period that begins at the epoch,"
        " all three in the same unit; NULL where the period is 0",
        (
            Example("ROUND(corot_phase(2454500.5, 1.5089557, 2454159.0532), 6)", 0.280202),
            Example("corot_phase(11.5, 4, 10)", 0.375),
            Example("corot_phase(9, 4, 10)", 0.75),
        ),
    ),
    Function(
        "corot_day_to_jd(day REAL) -> REAL",
        f"({{0}} + {_DAY_ZERO}::float8)",
        "Julian Date of a CoRoT day, in the same time scale: CoRoT days, as in the columns"
        " DATEJD of the old products, count from JD 2451545.0",
        (Example("corot_day_to_jd(2590.25)", 2454135.25),),
        unit="d",
        ucd="time.epoch",
    ),
    Function(
        "corot_jd_to_day(jd REAL) -> REAL",
        f"({{0}} - {_DAY_ZERO}::float8)",
        "CoRoT day of a Julian Date, in the same time scale",
        (Example("corot_jd_to_day(2454135.25)", 2590.25),),
        unit="d",
        ucd="time.epoch",
    ),
)
"""Functions with the prefix ``corot_``."""
