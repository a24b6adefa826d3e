"""The columns of ``corot.products`` that are computed from flux: for those who may get the data."""

from schemas.declaration import Column

DATA = "corot.product_data"
"""The table that stores them, under the right to get the data."""

FLUX_COLUMNS = (
    *(
        Column(
            name=f"lc_{statistic}_{colour}",
            datatype="float",
            ucd=f"phot.count;em.opt;{secondary}",
            description=f"{what} of the {long} light curve"
            " (faint stars: electrons per 32 s; bright stars: electrons per second)",
            legacy_name=f"lc_{statistic}_{colour}",
            legacy_number=number,
            stored=DATA,
        )
        for first, colour, long in (
            (12, "b", "blue"),
            (14, "g", "green"),
            (16, "r", "red"),
            (18, "white", "white"),
        )
        for number, statistic, secondary, what in (
            (first, "mean", "stat.mean", "Mean"),
            (first + 1, "rms", "stat.stdev", "Standard deviation"),
        )
    ),
    Column(
        name="activity_level",
        datatype="float",
        ucd="src.var",
        description="Level of the star's activity",
        legacy_name="active_level",
        legacy_number=24,
        stored=DATA,
    ),
    *(
        column
        for rank in (1, 2, 3)
        for column in (
            Column(
                name=f"var_class{rank}",
                datatype="char",
                arraysize="*",
                ucd="src.class",
                description=f"Class of variability, choice {rank}",
                legacy_name=f"var_class{rank}",
                legacy_number=24 + 2 * rank,
                stored=DATA,
            ),
            Column(
                name=f"prob_var{rank}",
                datatype="float",
                ucd="stat.probability",
                description=f"Probability of choice {rank} of the class of variability",
                legacy_name=f"prob_var{rank}",
                legacy_number=25 + 2 * rank,
                stored=DATA,
            ),
        )
    ),
)
