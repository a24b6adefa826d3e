from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from schemas.declaration import Schema, Table, catalogue
from tap.adql import translate
from tap.adql.cache import MAX_CHARACTERS, MAX_ENTRIES, TranslationCache
from tap.adql.translation import Translation
from tests.adql.sky import ONE, SKY
from tests.adql.test_grammar import HALF


def made(size: int = 0) -> Translation:
    return Translation("x" * size, (), None, frozenset())


def test_the_same_query_is_translated_once() -> None:
    adql = "SELECT n FROM sky.one WHERE n = 12345"
    assert translate(adql, SKY) is translate(adql, SKY)
    assert translate(adql, SKY) is not translate(adql, SKY, row_limit=5)
    assert translate(adql, SKY, row_limit=5) is not translate(adql, SKY, row_limit=6)


def test_other_tables_of_the_same_name_are_another_query() -> None:
    adql = "SELECT * FROM sky.one"
    other = catalogue([Schema("sky", "Other", (Table("sky.one", "One", ONE.columns[:1]),))])
    assert len(translate(adql, SKY).columns) == 3
    assert len(translate(adql, other).columns) == 1
    assert len(translate(adql, SKY).columns) == 3


def test_other_functions_are_another_query() -> None:
    adql = "SELECT sky_half(n) AS h FROM sky.one"
    functions = (HALF,)
    assert translate(adql, SKY, udfs=functions) is translate(adql, SKY, udfs=functions)
    first = translate(adql, SKY, udfs=[HALF])
    assert translate(adql, SKY, udfs=[HALF]) is not first


def test_memory_is_bounded() -> None:
    cache: TranslationCache[Translation] = TranslationCache()
    for number in range(MAX_ENTRIES + 5):
        cache.keep(made(), str(number), SKY, "cube", None, None)
    assert len(cache) == MAX_ENTRIES
    assert cache.find("0", SKY, "cube", None, None) is None
    assert cache.find("5", SKY, "cube", None, None) is not None
    size = MAX_CHARACTERS // 50
    for number in range(60):
        cache.keep(made(size), f"long {number}", SKY, "cube", None, None)
    assert len(cache) < 50
    cache.keep(made(MAX_CHARACTERS), "longest", SKY, "cube", None, None)
    assert cache.find("longest", SKY, "cube", None, None) is None


def test_what_is_used_stays() -> None:
    cache: TranslationCache[Translation] = TranslationCache()
    cache.keep(made(), "used", SKY, "cube", None, None)
    for number in range(2 * MAX_ENTRIES):
        cache.keep(made(), str(number), SKY, "cube", None, None)
        assert cache.find("used", SKY, "cube", None, None) is not None


def test_threads_share_parser_and_cache() -> None:
    queries = [f"SELECT n + {number % 40} AS m FROM sky.one" for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda adql: translate(adql, SKY).sql, queries))
    assert answers == [
        f"SELECT (one.n + {number % 40}) AS m FROM sky.one AS one" for number in range(400)
    ]
