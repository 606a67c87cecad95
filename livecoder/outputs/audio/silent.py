"""pyo, imported without a word on the terminal; every module that needs pyo takes it from here.

pyo greets whoever imports it with advice about WxPython, on standard output, which belongs to the
performer.
"""

from __future__ import annotations

import contextlib
import io
import os

os.environ["PYO_GUI_WX"] = "0"
with contextlib.redirect_stdout(io.StringIO()):
    import pyo

__all__ = ["pyo"]
