"""How long translating takes: ``python -m benchmarks.adql``, after ``pip install -e '.[bench]'``.

It prints, for one process that is warm:

- median and least time of parse + resolve + generate of a query with three
  joins and geometry, with and without the cache (aims: 3 ms and 0.1 ms);
- as a yardstick, sqlglot's parse + generate of the same text in the same run,
  turn by turn with ours (aim: no slower than it);
- the time for queries from 1 kB to 1 MB and per kB, which is to stay level.

Look at the least times on a machine that does other things as well.
"""
