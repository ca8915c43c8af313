"""Bash and POSIX shell."""

from __future__ import annotations

from codesearch.parse.language import Language, defines
from codesearch.parse.unit import Kind

BASH = Language(
    name="bash",
    extensions=(".sh", ".bash", ".zsh", ".ksh", ".dash", ".bats", ".ebuild", ".eclass"),
    filenames=(
        *(".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".profile"),
        *(".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".kshrc", ".xinitrc", ".xprofile"),
        *(".envrc", "bashrc", "zshrc", "PKGBUILD", "APKBUILD"),
    ),
    interpreters=("bash", "sh", "dash", "zsh", "ksh", "mksh", "ash", "rbash", "bats"),
    grammar="bash",
    rules={"function_definition": defines(Kind.FUNCTION)},
    # `quiet() {...} >/dev/null`: what is redirected belongs to the function.
    wrappers=("redirected_statement",),
)
