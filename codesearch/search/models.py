"""What a search thinks with, read from weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codesearch.encode.cross_encoder import CrossEncoder
from codesearch.encode.encoder import Encoder
from codesearch.encode.late_interaction import LateInteraction
from codesearch.encode.weights import cross_encoder_folder, student_folder
from codesearch.search.ranking import Ranking, read_ranking
from codesearch.search.rerank import MOST_READ, Reader


@dataclass(frozen=True, slots=True)
class Models:
    """What a search thinks with. `reader` reads the best `most_read` candidates once more; None where nothing
    does.
    """

    encoder: Encoder
    ranking: Ranking
    reader: Reader | None = None
    most_read: int = MOST_READ


def load_models(
    *, threads: int, reads: bool = True, student: Path | None = None, cross_encoder: Path | None = None
) -> Models:
    """The dual encoder and its ranking, and a reader.

    Args:
        threads: the cores to use.
        reads: whether there is a reader: the cross-encoder, and where there is none the dual encoder word by
            word.
        student: the dual encoder's folder; the bundled one where None.
        cross_encoder: the cross-encoder's folder; the bundled one, if any, where None.

    Raises:
        CodesearchError: a folder does not hold usable weights.

    """
    student = student or student_folder()
    encoder = Encoder(student, threads=threads)
    ranking = read_ranking(student)
    return Models(encoder, ranking, load_reader(encoder, cross_encoder) if reads else None)


def load_reader(encoder: Encoder, cross_encoder: Path | None = None) -> Reader:
    """The cross-encoder in a folder, the bundled one where None; where there is none, the dual encoder reads
    word by word.

    Raises:
        CodesearchError: the folder does not hold usable weights.

    """
    folder = cross_encoder or cross_encoder_folder()
    return CrossEncoder(folder, threads=encoder.threads) if folder else LateInteraction(encoder)
