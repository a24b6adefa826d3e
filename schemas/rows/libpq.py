"""The functions of libpq that rows are read with, for compiled code to call.

They are those of the very library that psycopg's connections are made by, so
that its connections can be handed to them.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import c_char_p, c_int, c_size_t, c_uint, c_void_p
from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
from numba import types
from psycopg import pq

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNKS_SINCE = 170000
"""Version of libpq that gives some rows at a time."""

if pq.__impl__ == "python":
    raise ImportError("psycopg lacks its compiled part: install psycopg[binary]")
if pq.version() < _CHUNKS_SINCE:
    raise ImportError("psycopg's libpq is older than 17: install psycopg[binary]")

# Symbols are looked for in a library, and then in those it is linked to.
_LIBRARY = ctypes.CDLL(sys.modules[pq.PGconn.__module__].__file__ or "")
_SYSTEM = ctypes.CDLL(None)

_POINTER, _INT, _SIZE = types.uintp, types.int32, types.uintp


def _external(
    library: ctypes.CDLL, name: str, returned: types.Type, *arguments: types.Type
) -> Callable[..., Any]:
    """Make a C function known to the compiler by its name, which code in its cache keeps."""
    address = ctypes.cast(getattr(library, name), c_void_p).value
    llvm.add_symbol(name, address)
    function: Callable[..., Any] = types.ExternalFunction(name, returned(*arguments))
    return function


next_result = _external(_LIBRARY, "PQgetResult", _POINTER, _POINTER)
"""Wait for the next result of a connection; 0 after the last one."""
clear = _external(_LIBRARY, "PQclear", types.void, _POINTER)
status = _external(_LIBRARY, "PQresultStatus", _INT, _POINTER)
row_count = _external(_LIBRARY, "PQntuples", _INT, _POINTER)
value = _external(_LIBRARY, "PQgetvalue", _POINTER, _POINTER, _INT, _INT)
"""Give where the value of a row and column lies."""
length = _external(_LIBRARY, "PQgetlength", _INT, _POINTER, _INT, _INT)
is_null = _external(_LIBRARY, "PQgetisnull", _INT, _POINTER, _INT, _INT)
copy = _external(_SYSTEM, "memcpy", _POINTER, _POINTER, _POINTER, _SIZE)
clock = _external(_SYSTEM, "clock_gettime", _INT, _INT, _POINTER)


def _function(name: str, returned: object, *arguments: object) -> Callable[..., Any]:
    function = getattr(_LIBRARY, name)
    function.restype, function.argtypes = returned, arguments
    return function  # type: ignore[no-any-return] # a library has any attribute


_status = _function("PQresultStatus", c_int, c_size_t)
_clear = _function("PQclear", None, c_size_t)
_column_count = _function("PQnfields", c_int, c_size_t)
_column_name = _function("PQfname", c_char_p, c_size_t, c_int)
_column_type = _function("PQftype", c_uint, c_size_t, c_int)
_error_field = _function("PQresultErrorField", c_char_p, c_size_t, c_int)
_error_message = _function("PQresultErrorMessage", c_char_p, c_size_t)


def has_failed(result: int) -> bool:
    """Tell whether a result is an error, also one of this side of the connection."""
    return bool(_status(result) == pq.ExecStatus.FATAL_ERROR)


def forget(result: int) -> None:
    """Free a result, if it is one."""
    _clear(result)


def columns(result: int) -> list[tuple[str, int]]:
    """Give the name, and the number of the type, of each column of a result."""
    return [
        (_column_name(result, number).decode(), _column_type(result, number))
        for number in range(_column_count(result))
    ]


def failure(result: int) -> tuple[str, str]:
    """Give the SQLSTATE, empty if there is none, and the message of a result that is an error."""
    sqlstate = _error_field(result, pq.DiagnosticField.SQLSTATE) or b""
    message = _error_field(result, pq.DiagnosticField.MESSAGE_PRIMARY) or _error_message(result)
    return sqlstate.decode(), message.decode(errors="replace")
