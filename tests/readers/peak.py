"""Read a file from standard input in a process of its own, and say what memory that took.

Not by ``tracemalloc``: stopping it while another thread allocates can crash CPython before 3.13
(python/cpython#128679), and it sees nothing of what Arrow takes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tap.errors import ServiceError
from tap.uploads.model import UploadLimits
from tests.readers.files import every_form, uploaded


def refusal_and_peak(content: bytes, size: int) -> tuple[str, int]:
    """Read a file of which at most ``size`` bytes are taken: why it was refused, and bytes used."""
    command = [sys.executable, "-m", "tests.readers.peak", str(size)]
    done = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True)
    message, used = json.loads(done.stdout)
    return message, used


def _kibibytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    [value] = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(value)


def main() -> None:
    """Print the message, or "", and by how many bytes the most held was above what was before."""
    content = sys.stdin.buffer.read()
    for form in every_form().values():  # what is imported and set up at the first file of a kind
        uploaded(form)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from what is held now
    before = _kibibytes("VmRSS")
    message = ""
    try:
        uploaded(content, UploadLimits(size=int(sys.argv[1])))
    except ServiceError as error:
        message = str(error)
    json.dump([message, 1024 * (_kibibytes("VmHWM") - before)], sys.stdout)


if __name__ == "__main__":
    main()
