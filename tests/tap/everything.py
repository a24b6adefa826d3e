"""A column of each datatype, shape and odd name that a VOTable can have, as a VOTable.

Arrays of texts are not among them: astropy, which is to judge, does not read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NULLS = {"unsignedByte": 7, "short": -9, "int": -9, "long": -9}
"""What stands for null in these, by VALUES."""


@dataclass(frozen=True)
class Field:
    """A column, a value, and how nothing is written; None where it cannot be."""

    name: str
    datatype: str
    value: str
    nothing: str | None = ""
    arraysize: str | None = None
    xtype: str | None = None
    in_binary: bool = True
    """Whether astropy reads and writes it in BINARY as the standard says."""

    def element(self) -> str:
        """Write the FIELD, with a unit, UCD, utype and description of its own."""
        named = {"name": self.name, "datatype": self.datatype,
                 "arraysize": self.arraysize, "xtype": self.xtype,
                 "unit": "m/s", "ucd": "phys.veloc;pos.heliocentric",
                 "utype": f"x:{self.datatype}"}  # fmt: skip
        written = " ".join(f'{key}="{escape(text)}"' for key, text in named.items() if text)
        null = NULLS.get(self.datatype)
        values = "" if null is None else f'<VALUES null="{null}"/>'
        about = f"<DESCRIPTION>Of {self.datatype}, in µm &amp; « ° »</DESCRIPTION>"
        return f"<FIELD {written}>{about}{values}</FIELD>"


def _text(name: str, value: str, arraysize: str = "*", xtype: str | None = None) -> Field:
    return Field(name, "char", value, arraysize=arraysize, xtype=xtype)


def _shape(name: str, value: str, arraysize: str, xtype: str) -> Field:
    return Field(name, "double", value, arraysize=arraysize, xtype=xtype)


EVERY_FIELD = (
    Field("truth", "boolean", "T"),
    Field("truths", "boolean", "T F ?", None, "3"),
    Field("more_truths", "boolean", "T F", arraysize="*"),
    Field("flag", "bit", "1", None, in_binary=False),
    Field("flags", "bit", "10110011101", None, "11"),
    Field("more_flags", "bit", "1 0 1 1", arraysize="*", in_binary=False),
    Field("flag_matrix", "bit", "101 101", None, "3x2"),
    Field("byte", "unsignedByte", "255"),
    Field("byte_matrix", "unsignedByte", "1 2 3 255", None, "2x2"),
    Field("bytes", "unsignedByte", "0 255", arraysize="*"),
    Field("short", "short", "-32768"),
    Field("shorts", "short", "1 -2", arraysize="*"),
    Field("int", "int", "-2147483648"),
    Field("int_matrix", "int", "1 2 3 4 5 6", None, "2x3"),
    Field("int_rows", "int", "1 2 3 4", arraysize="2x*", in_binary=False),
    Field("long", "long", "-9223372036854775808"),
    Field("longs", "long", "1 9223372036854775807", arraysize="4*"),
    Field("float", "float", "1.1754944e-38"),
    Field("floats", "float", "1 NaN -Inf", arraysize="*"),
    Field("double", "double", "1.7976931348623157e308"),
    Field("infinite", "double", "-Inf", "NaN"),
    Field("cube", "double", "1 2 3 4", None, "2x1x2"),
    Field("wave", "floatComplex", "1 -2"),
    Field("waves", "floatComplex", "1 -2 3 4", None, "2"),
    Field("long_wave", "doubleComplex", "1e300 -2"),
    Field("long_waves", "doubleComplex", "1 -2 3 4", arraysize="*"),
    Field("letter", "char", "x"),
    _text("code", "ab", "4"),
    _text("text", "a <&> 'b' \"c\""),
    _text("short_text", "abcde", "5*"),
    Field("sign", "unicodeChar", "é"),
    Field("word", "unicodeChar", "日本", arraysize="4"),
    Field("words", "unicodeChar", "日本 ü ÷", arraysize="*"),
    _text("time", "2009-01-31T12:00:00", xtype="timestamp"),
    _text("second", "2009-01-31T12:00:00", "19", "timestamp"),
    _shape("point", "10 20", "2", "point"),
    _shape("circle", "10 20 1", "3", "circle"),
    _shape("polygon", "10 20 11 20 11 21", "*", "polygon"),
    _shape("interval", "-Inf 4", "2", "interval"),
    Field("float_interval", "float", "1 4", arraysize="2", xtype="interval"),
    Field("int_interval", "int", "1 4", None, "2", "interval"),
    _text("region", "Circle ICRS 1 2 3", xtype="adql:REGION"),
    _text("coverage", "4/1-3", xtype="moc"),
    _text("of_its_own", "anything", xtype="x:odd"),
    Field("u", "int", "1"),
    Field("U", "int", "2"),
    Field("select", "int", "3"),
    Field("two words", "int", "4"),
    Field('a "quoted" name', "int", "5"),
    Field("l'étoile; --", "int", "6"),
    Field("_hidden", "int", "7"),
    Field("2nd", "int", "8"),
    Field("%s{0}\\", "int", "9"),
)


def document(fields: Sequence[Field] = EVERY_FIELD) -> bytes:
    """Write them with two rows: of values, and of nothing where that can be."""
    values = [field.value for field in fields]
    nothing = [field.value if field.nothing is None else field.nothing for field in fields]
    rows = "".join(
        "<TR>" + "".join(f"<TD>{escape(cell)}</TD>" for cell in row) + "</TR>"
        for row in (values, nothing)
    )
    elements = "".join(field.element() for field in fields)
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
        f"{elements}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()
