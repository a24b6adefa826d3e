"""Functions, units and types over HTTP: what a client sees of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.support.validity import assert_valid_xml
from tests.tap.answers import ask, cells, error_text

if TYPE_CHECKING:
    from flask.testing import FlaskClient

NS = "{http://www.ivoa.net/xml/VOTable/v1.3}"


@pytest.mark.parametrize(
    ("expression", "attributes", "cell"),
    [
        ("IN_UNIT(ra, 'rad')", {"datatype": "double", "unit": "rad"}, "1.7496925751"),
        ("IN_UNIT(dec, 'arcmin')", {"datatype": "double", "unit": "arcmin"}, "-30"),
        ("ivo_healpix_index(29, ra, dec)", {"datatype": "long"}, "15"),
        ("ivo_healpix_center(0, 6)", {"arraysize": "2", "xtype": "point"}, "180 0"),
        ("ivo_geom_transform('ICRS', 'GALACTIC', CIRCLE(120, -23, 3))",
         {"arraysize": "3", "xtype": "circle"}, "241.12183118"),
        ("CAST('1 2 3 4 5 6' AS POLYGON)", {"xtype": "polygon"}, "1 2 3 4 5 6"),
        ("ivo_to_mjd(seen)", {"datatype": "double", "unit": "d"}, "54862.5"),
        ("CAST(seen AS VARCHAR(19))", {"arraysize": "19*"}, "2009-01-31T12:00:00"),
        ("CAST('2009-01-31 06:00' AS TIMESTAMP)", {"xtype": "timestamp"}, "2009-01-31T06:00:00"),
        ("CAST(id AS CHAR(3))", {"datatype": "char", "arraysize": "3"}, "1"),
        ("CAST(mag AS SMALLINT)", {"datatype": "short", "unit": "mag"}, "12"),
        ("COALESCE(name, 'none')", {"datatype": "unicodeChar"}, "first & foremost"),
        ("ivo_hasword(name, 'first')", {"datatype": "int"}, "1"),
        ("TRUNCATE(1299.9, -2)", {"datatype": "double"}, "1200"),
        ("MOD(-7.5, 2)", {"datatype": "double"}, "-1.5"),
    ],
)  # fmt: skip
def test_values_come_out_with_their_metadata(
    client: FlaskClient, expression: str, attributes: dict[str, str], cell: str
) -> None:
    response = ask(client, f"SELECT {expression} AS x FROM lab.specimens WHERE id = 1")
    assert response.status_code == 200, error_text(response)
    assert_valid_xml(response.data)
    (field,) = etree.fromstring(response.data).iter(f"{NS}FIELD")
    assert {name: field.get(name) for name in attributes} == attributes
    ((value,),) = cells(response.data)
    assert value.startswith(cell)


def test_a_histogram_is_an_array(client: FlaskClient) -> None:
    response = ask(client, "SELECT ivo_histogram(n, 1, 5001, 5) AS h FROM lab.numbers")
    (field,) = etree.fromstring(response.data).iter(f"{NS}FIELD")
    assert (field.get("datatype"), field.get("arraysize")) == ("int", "*")
    assert cells(response.data) == [["0 1000 1000 1000 1000 1000 0"]]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("IN_UNIT(ra, 'parsec')", "VOUnits knows no parsec"),
        ("ivo_healpix_index(id + 29, ra, dec)", "does not fit the function"),
        ("ivo_epoch_prop_pos(ra / 0, dec, 0, 0, 0, 0, 2000, 2010)", "divides by zero"),
        ("CAST(name AS POINT)", "cannot be read as a value of the type"),
        ("CAST(name AS TIMESTAMP)", "cannot be read as a time"),
        ("pg_sleep(5)", "there is no function pg_sleep"),
    ],
)
def test_what_is_wrong_is_told_to_the_client(
    client: FlaskClient, expression: str, message: str
) -> None:
    response = ask(client, f"SELECT {expression} AS x FROM lab.specimens")
    assert response.status_code == 400
    assert message in error_text(response)
