"""``corot.runs``: the 26 pointings."""

from schemas.corot.times import UTC
from schemas.declaration import Column, Table

_START, _END = "time.start;obs", "time.end;obs"

RUNS = Table(
    name="corot.runs",
    title="CoRoT runs",
    description="The 26 pointings of the satellite. The bright-star (seismology) and faint-star "
    "(exoplanet) channels of one run start and end apart; a time that is not known is NULL.",
    primary_key=("run_code",),
    columns=(
        Column(
            name="run_code",
            datatype="char",
            arraysize="*",
            ucd="meta.id;meta.main",
            description="Code of the run: type, R, direction (c or a), number; LRc01, say",
            principal=True,
            indexed=True,
            nullable=False,
        ),
        Column(
            name="run_type",
            datatype="char",
            arraysize="*",
            ucd="meta.code.class",
            description="initial, long or short run",
            principal=True,
            nullable=False,
        ),
        Column(
            name="direction",
            datatype="char",
            arraysize="*",
            ucd="meta.code",
            description="Direction observed: centre (near 18h50) or anticentre (near 06h50)",
            principal=True,
            nullable=False,
        ),
        Column(
            name="run_number",
            datatype="short",
            ucd="meta.number",
            description="Number of the run among those of its type and direction",
            nullable=False,
        ),
        *(
            Column(
                name=f"{channel}_{end}",
                datatype="char",
                arraysize="*",
                xtype="timestamp",
                ucd=ucd,
                time_system=UTC,
                description=f"{what} of the {label} channel's light curves in this run (UTC)",
                principal=True,
            )
            for channel, label in (("exo", "exoplanet"), ("seismo", "seismology"))
            for end, ucd, what in (("start", _START, "First start"), ("end", _END, "Last end"))
        ),
    ),
)
