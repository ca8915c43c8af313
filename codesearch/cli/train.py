"""`codesearch train ...`: making weights. Needs the extra `train`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from codesearch.cli.command import Group
from codesearch.cli.stage import (
    Bfloat16,
    Corpus,
    Device,
    Out,
    Passages,
    Queries,
    Start,
    Steps,
    Teacher,
    say,
    training,
    usable,
)

train = typer.Typer(
    cls=Group,
    help="Make weights (needs, in a clone: pip install '.[train]').",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@train.command()
def mine(
    repositories: Annotated[
        Path,
        typer.Option(
            "--repositories",
            metavar="FILE",
            help="Lines `owner/name folder`: git repositories on this machine.",
            show_default=False,
        ),
    ],
    out: Out,
    questions: Annotated[
        list[Path] | None,
        typer.Option(
            "--questions", metavar="FILE", help="Written questions; may be repeated.", show_default=False
        ),
    ] = None,
    exclude: Annotated[
        Path | None,
        typer.Option(
            "--exclude",
            metavar="FILE",
            help="Names (`owner/name`, one a line) never mined.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Read repositories into a corpus of functions and the queries that they answer."""
    with training():
        from codesearch.training.mine.mine import MineSettings, read_names, read_repository_list
        from codesearch.training.mine.mine import mine as mine_repositories

    settings = MineSettings(
        repositories=read_repository_list(repositories),
        excluded=read_names(exclude) if exclude else frozenset(),
        questions=tuple(questions or ()),
        out=out,
    )
    mine_repositories(
        settings,
        lambda mined: say(f"{mined.repository}: {mined.refused or f'{mined.functions} functions'}"),
    )


@train.command()
def start(corpus: Corpus, out: Out) -> None:
    """Make the checkpoint that training starts from: all-MiniLM-L6-v2, its tokenizer made for code."""
    with training():
        from codesearch.training.start import StartSettings, make_start, starting_checkpoint

    pieces = make_start(StartSettings(corpus, out, starting_checkpoint()))
    say(f"wrote {out}: {pieces} word pieces")


@train.command()
def teacher(
    corpus: Corpus,
    start: Start,
    out: Out,
    steps: Steps = None,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Fine-tune the dual encoder that students learn from. A stopped run goes on where it was."""
    with training():
        from codesearch.training.teacher import TeacherSettings, train_teacher

    settings = TeacherSettings(corpus, start, out, device=usable(device), bfloat16=bfloat16)
    if steps is not None:
        settings = replace(settings, schedule=replace(settings.schedule, steps=steps))
    train_teacher(settings, say)


@train.command()
def candidates(
    corpus: Corpus,
    encoder: Annotated[
        Path,
        typer.Option(
            "--encoder", metavar="DIR", help="The checkpoint whose recall counts.", show_default=False
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Write the lists here.", show_default=False)
    ],
    functions: Annotated[
        int, typer.Option("--functions", min=1, metavar="N", help="The most functions a repository.")
    ] = 1_000,
    queries: Annotated[
        int, typer.Option("--queries", min=1, metavar="N", help="The most queries a repository.")
    ] = 1_000,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Collect what recall brings up for each query, to learn from as a list."""
    with training():
        from codesearch.training.candidates import CandidateSettings, collect_candidates

    settings = CandidateSettings(
        corpus, encoder, out, functions, queries, device=usable(device), bfloat16=bfloat16
    )
    say(f"wrote {collect_candidates(settings)} lists to {out}")


@train.command("cross-encoder")
def cross_encoder(
    candidates: Annotated[
        Path,
        typer.Option(
            "--candidates", metavar="FILE", help="What `train candidates` wrote.", show_default=False
        ),
    ],
    start: Start,
    out: Out,
    steps: Steps = None,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Train the reranker on what recall brings up. A stopped run goes on where it was."""
    with training():
        from codesearch.training.cross_encoder import CrossEncoderSettings, train_cross_encoder

    settings = CrossEncoderSettings(candidates, start, out, device=usable(device), bfloat16=bfloat16)
    if steps is not None:
        settings = replace(settings, schedule=replace(settings.schedule, steps=steps))
    found = train_cross_encoder(settings, say)
    say(f"wrote {out}: probability = sigmoid({found.slope:.3f} * score + {found.offset:.3f})")


@train.command()
def students(
    corpus: Corpus,
    teacher: Teacher,
    out: Out,
    cross_encoder: Annotated[
        Path | None,
        typer.Option(
            "--cross-encoder",
            metavar="DIR",
            help="Judge students by the whole system with this reranker.",
            show_default=False,
        ),
    ] = None,
    passages: Annotated[
        Path | None,
        typer.Option(
            "--passages",
            metavar="DIR",
            help="The checkpoint that encodes code: students then encode queries alone, as in the paper.",
            show_default=False,
        ),
    ] = None,
    steps: Steps = None,
    pairs: Annotated[
        int, typer.Option("--pairs", min=1, metavar="N", help="Distil on so many pairs.")
    ] = 30_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Draw the batches by this number.")] = 1,
    limit: Annotated[
        float, typer.Option("--limit", min=0.0, max=1.0, metavar="PART", help="The most performance to lose.")
    ] = 0.02,
    straight: Annotated[
        bool,
        typer.Option("--straight", help="Also distil each size straight from the teacher, to compare with."),
    ] = False,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Distil ever smaller students, choosing teaching assistants, and keep the smallest that serves."""
    with training():
        from codesearch.training.students import StudentsSettings, choose_student

    settings = StudentsSettings(
        corpus,
        teacher,
        out,
        cross_encoder,
        passages,
        pairs=pairs,
        limit=limit,
        straight=straight,
        device=usable(device),
        bfloat16=bfloat16,
    )
    distil = replace(settings.distil, seed=seed)
    if steps is not None:
        distil = replace(distil, schedule=replace(distil.schedule, steps=steps))
    settings = replace(settings, distil=distil)
    chosen = choose_student(settings, say)
    say(f"chosen: {chosen.model or 'none, every student loses too much'}")


@train.command()
def report(
    corpus: Corpus,
    teacher: Teacher,
    passages: Passages,
    students: Annotated[
        list[Path],
        typer.Option(
            "--students",
            metavar="DIR",
            help="What `train students --passages` wrote; repeated for other seeds.",
            show_default=False,
        ),
    ],
    out: Out,
    cross_encoder: Annotated[
        Path | None,
        typer.Option(
            "--cross-encoder", metavar="DIR", help="The reranker they were chosen with.", show_default=False
        ),
    ] = None,
) -> None:
    """Measure what the students came to, and write models.md with its figure and numbers."""
    with training():
        from codesearch.evaluation.ladder import ReportSettings, measure_ladders, write_report

    settings = ReportSettings(corpus, teacher, passages, tuple(students), cross_encoder)
    write_report(measure_ladders(settings, say), out)
    say(f"wrote {out / 'models.md'}")


@train.command()
def tune(
    corpus: Corpus,
    queries: Queries,
    passages: Passages,
    out: Out,
    candidates: Annotated[
        Path | None,
        typer.Option(
            "--candidates",
            metavar="FILE",
            help="What `train candidates` wrote: train on its lists, each answer against those beside it.",
            show_default=False,
        ),
    ] = None,
    steps: Steps = None,
    device: Device = "cpu",
    bfloat16: Bfloat16 = False,
) -> None:
    """Train the teacher, for queries, and the student, for code, towards each other."""
    with training():
        from codesearch.training.tune import TuneSettings
        from codesearch.training.tune import tune as train_pair

    settings = TuneSettings(
        corpus, queries, passages, out, candidates, device=usable(device), bfloat16=bfloat16
    )
    if steps is not None:
        settings = replace(settings, schedule=replace(settings.schedule, steps=steps))
    train_pair(settings, say)


@train.command()
def queries(
    corpus: Corpus,
    queries: Queries,
    weights: Annotated[
        Path,
        typer.Option(
            "--weights",
            metavar="DIR",
            help="What `train export` wrote; its encoder of code stays.",
            show_default=False,
        ),
    ],
    out: Out,
    steps: Steps = None,
    device: Device = "cpu",
) -> None:
    """Train the queries' encoder against all passages of a repository. A stopped run goes on where it was."""
    with training():
        from codesearch.training.queries import QueriesSettings, train_queries

    settings = QueriesSettings(corpus, queries, weights, out, device=usable(device))
    if steps is not None:
        settings = replace(settings, schedule=replace(settings.schedule, steps=steps))
    train_queries(settings, say)


@train.command()
def ranking(
    questions: Annotated[
        list[Path],
        typer.Option(
            "--questions", metavar="FILE", help="Written questions; may be repeated.", show_default=False
        ),
    ],
    checkouts: Annotated[
        Path,
        typer.Option(
            "--checkouts",
            metavar="DIR",
            help="Repositories, <owner>+<name> each, at the revision of their questions.",
            show_default=False,
        ),
    ],
    weights: Annotated[
        Path,
        typer.Option(
            "--weights",
            metavar="DIR",
            help="What `train export` wrote; gets a ranking.json.",
            show_default=False,
        ),
    ],
    cross_encoder: Annotated[
        Path | None,
        typer.Option(
            "--cross-encoder",
            metavar="DIR",
            help="The second stage's weights.  [default: those that codesearch comes with, if any]",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, metavar="N", help="The cores to use.")] = 2,
) -> None:
    """Fit what ranks the first stage, and the probability that is shown, to the held-out questions."""
    with training():
        from codesearch.training.ranking import RankingSettings, fit_ranking, read_rows

    rows = read_rows(questions, checkouts)
    fit_ranking(RankingSettings(rows, checkouts, weights, cross_encoder, threads=threads), say)
    say(f"wrote {weights / 'ranking.json'}")


@train.command()
def export(
    out: Out,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="DIR",
            help="A BERT-like encoder in Hugging Face's layout.  [default: all-MiniLM-L6-v2, as its package"
            " on the package index carries it]",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the weights are called.")
    ] = "all-MiniLM-L6-v2",
    licence: Annotated[
        str, typer.Option("--licence", metavar="SPDX", help="The licence they are under.")
    ] = "Apache-2.0",
    queries: Annotated[
        Path | None,
        typer.Option(
            "--queries", metavar="DIR", help="A checkpoint of its own for the queries.", show_default=False
        ),
    ] = None,
    cross_encoder: Annotated[
        bool, typer.Option("--cross-encoder", help="The checkpoint is one of `train cross-encoder`.")
    ] = False,
) -> None:
    """Turn a checkpoint into the int8 ONNX files that codesearch runs."""
    with training():
        from codesearch.training.export import ExportSettings, export_cross_encoder, export_encoder
        from codesearch.training.start import starting_checkpoint

    settings = ExportSettings(checkpoint or starting_checkpoint(), name, licence, out, queries=queries)
    manifest = export_cross_encoder(settings) if cross_encoder else export_encoder(settings)
    say(f"wrote {out}: {manifest.name}, fingerprint {manifest.fingerprint}")
