"""``corot.stars``: one row per star observed, of the stars the caller may know of.

A star is what the best of its products says of it, among those the caller may
see: nothing from the header of a hidden or withdrawn product stands in a row.
"""

from schemas.declaration import Column, Position, Table

STAR_COLUMNS = (
    Column(
        name="ra",
        datatype="double",
        unit="deg",
        ucd="pos.eq.ra;meta.main",
        description="Right ascension of the star (ICRS)",
        legacy_name="alpha",
        legacy_number=4,
        principal=True,
        indexed=True,
        nullable=False,
    ),
    Column(
        name="dec",
        datatype="double",
        unit="deg",
        ucd="pos.eq.dec;meta.main",
        description="Declination of the star (ICRS)",
        legacy_name="delta",
        legacy_number=5,
        principal=True,
        indexed=True,
        nullable=False,
    ),
    *(
        Column(
            name=f"mag_{band.lower()}",
            datatype="float",
            unit="mag",
            ucd=f"phot.mag;em.opt.{band}",
            description=f"Magnitude in {band}, from the input catalogue",
            legacy_name=f"mag_{band.lower()}",
            legacy_number=number,
            principal=band == "R",
        )
        for number, band in enumerate("BVRI", 8)
    ),
    Column(
        name="b_v",
        datatype="float",
        unit="mag",
        ucd="phot.color;em.opt.B;em.opt.V",
        description="Colour index B-V, from the input catalogue",
        legacy_name="B-V",
        legacy_number=33,
    ),
    Column(
        name="spectral_type",
        datatype="char",
        arraysize="*",
        ucd="src.spType",
        description="Spectral type, from the input catalogue",
        legacy_name="spec_type",
        legacy_number=32,
    ),
    Column(
        name="luminosity_class",
        datatype="char",
        arraysize="*",
        ucd="src.class.luminosity",
        description="Luminosity class, from the input catalogue",
        legacy_name="lum_class",
        legacy_number=25,
    ),
    Column(
        name="teff",
        datatype="float",
        unit="K",
        ucd="phys.temperature.effective",
        description="Effective temperature of the star",
        legacy_name="star_temper",
        legacy_number=22,
    ),
)
"""What a star and each of its products say alike."""

COROT_ID = Column(
    name="corot_id",
    datatype="long",
    ucd="meta.id;meta.main",
    description="CoRoT identifier of the star",
    legacy_name="corotid",
    legacy_number=1,
    principal=True,
    indexed=True,
    nullable=False,
)

_RANK = (
    "(NOT {0}.withdrawn, {0}.product_level = 'N2', {0}.version_order, {0}.start_utc,"
    " {0}.product_id)"
)
"""How well a product describes its star: products of the science level best, and the newest."""

BEST_DESCRIPTION = (
    "NOT EXISTS (SELECT FROM corot.product_listing o"
    f" WHERE o.corot_id = l.corot_id AND {_RANK.format('o')} > {_RANK.format('l')})"
)
"""The product that describes its star: the subquery obeys the policies."""

STARS = Table(
    name="corot.stars",
    title="CoRoT stars",
    description="The stars observed, with what the input catalogue knew of them. "
    "A star is listed as soon as one of its products is.",
    primary_key=("corot_id",),
    positions=(Position("ra", "dec", "pos"),),
    columns=(
        COROT_ID,
        Column(
            name="star_name",
            datatype="char",
            arraysize="*",
            ucd="meta.id",
            description="Name of the star, where it has one beside its number",
            principal=True,
        ),
        *STAR_COLUMNS,
    ),
)
