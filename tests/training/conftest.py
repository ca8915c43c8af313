"""A tiny encoder, a tiny corpus and tiny repositories, for stages that train in seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

from codesearch.training.batches import SamplerSettings
from codesearch.training.candidates import CandidateSettings, collect_candidates
from codesearch.training.corpus import Function, Query, RepositoryCorpus, write_corpus
from codesearch.training.cross_encoder import CrossEncoderSettings, train_cross_encoder
from codesearch.training.loop import Schedule
from codesearch.training.teacher import TeacherSettings, train_teacher
from tests.conftest import git, write_files

VERBS = ["read", "write", "open", "close", "retry", "parse", "drop", "count"]
NOUNS = ["file", "socket", "cookie", "header", "token", "queue"]
# A repository that training holds out, and one that it does not.
HELD_OUT, TRAINED = "puma/puma", "someone/something"
FAST = Schedule(steps=40, learning_rate=3e-3, checkpoint_every=20)


def silent(text: str) -> None:
    """Hears reports and says nothing."""


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A three-layer BERT with random weights and a vocabulary of a few words and all letters."""
    folder = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(0)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789(){}_:,.=\"'#?"
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *VERBS,
        *NOUNS,
        "def",
        "the",
        "a",
        "of",
        "connection",
    ]
    pieces = list(dict.fromkeys([*pieces, *letters, *(f"##{each}" for each in letters if each.isalnum())]))
    vocabulary = {word: number for number, word in enumerate(pieces)}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=192,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two repositories of one function for each verb and noun, each with a written and a mined query."""
    folder = tmp_path_factory.mktemp("corpus")
    for repository in (HELD_OUT, TRAINED):
        functions = tuple(
            Function(
                path=f"{noun}.py",
                name=f"{verb}_{noun}",
                language="python",
                lines=(f"def {verb}_{noun}():", f'    """{verb} the {noun}."""', f"    {noun}.{verb}()"),
                doc=(1,),
                queries=(
                    Query("asked_question", f"{verb} of a {noun}"),
                    Query("doc", f"{verb} the {noun}", hidden=(1,)),
                ),
            )
            for noun in NOUNS
            for verb in VERBS
        )
        write_corpus(folder, RepositoryCorpus(repository, functions))
    return folder


MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
MakeRepository = Callable[..., Path]


@pytest.fixture
def make_repository(tmp_path: Path) -> MakeRepository:
    """Makes a git repository: name, then files by path; commits after the first by subject."""

    def make(
        name: str, files: dict[str, str], *later: tuple[str, dict[str, str]], licence: str = MIT
    ) -> Path:
        root = tmp_path / name.replace("/", "+")
        root.mkdir()
        git(root, "init", "--quiet")
        for subject, changed in (("Begin", {"LICENSE": licence, **files}), *later):
            write_files(root, changed)
            git(root, "add", "--all")
            git(root, "commit", "--quiet", "--message", subject)
        return root

    return make


@pytest.fixture(scope="session")
def teacher(checkpoint: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A teacher trained on the tiny corpus."""
    out = tmp_path_factory.mktemp("teacher")
    settings = TeacherSettings(
        corpus, checkpoint, out, FAST, SamplerSettings(size=24), frozen_layers=0, passage_tokens=32
    )
    train_teacher(settings, silent)
    return out


@pytest.fixture(scope="session")
def candidates(corpus: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the teacher recalls on the tiny corpus."""
    out = tmp_path_factory.mktemp("candidates") / "lists.jsonl.gz"
    assert collect_candidates(CandidateSettings(corpus, teacher, out)) > 0
    return out


@pytest.fixture(scope="session")
def reranker(candidates: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder trained on the teacher's candidates."""
    out = tmp_path_factory.mktemp("reranker")
    schedule = Schedule(steps=150, learning_rate=3e-3, checkpoint_every=50)
    train_cross_encoder(CrossEncoderSettings(candidates, teacher, out, None, schedule, lists=8), silent)
    return out
