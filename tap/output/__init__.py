"""Writers of answers in forms other than VOTable, as streams of bytes.

Pure, like :mod:`tap.votable`: each takes a
:class:`tap.votable.model.TableResult` and yields parts. A failure while rows
are read passes through, except where a format says otherwise: an unfinished
transfer is the only sign of it that these formats have.
"""
