"""The weights that come with the package."""

from __future__ import annotations

from pathlib import Path

_WEIGHTS = Path(__file__).parent / "weights"


def student_folder() -> Path:
    """The bundled dual encoder's folder."""
    return _WEIGHTS / "student"


def cross_encoder_folder() -> Path | None:
    """The bundled cross-encoder's folder; None where the package carries none."""
    folder = _WEIGHTS / "cross-encoder"
    return folder if folder.is_dir() else None
