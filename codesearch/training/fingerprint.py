"""What tells one training run from another, so that none goes on with what another left behind."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from pathlib import Path

from torch import nn


def fingerprint(*parts: object) -> str:
    """Equal for equal parts, and in practice for no others: models, settings, all that `repr` spells out.

    Of settings, folders and the device do not count: a run may move.
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, nn.Module):
            for name, value in part.state_dict().items():
                digest.update(name.encode() + value.cpu().numpy().tobytes())
        elif is_dataclass(part):
            named = [(each.name, getattr(part, each.name)) for each in fields(part)]
            kept = [each for each in named if each[0] != "device" and not isinstance(each[1], Path)]
            digest.update(repr(kept).encode())
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()
