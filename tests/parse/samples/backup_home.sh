#!/usr/bin/env bash
# Copies a home directory to a disk and keeps some copies.

set -euo pipefail
shopt -s nullglob

readonly KEEP=${KEEP:-7}
declare -A targets=([work]=/mnt/work [home]=/mnt/home)
source "$(dirname "$0")/lib/log.sh"

# Says something on standard error.
# Arguments: the words.
say() {
    printf '%s\n' "$*" >&2
}

die() { say "error: $*"; exit 1; }

function usage {
    cat <<-EOT
	usage: ${0##*/} [-n] target
	fake() {
	}
	EOT
}

function log::level() {
    case "${1:-info}" in
        debug) echo 0 ;;
        info | notice)
            echo 1
            ;;
        *) die "unknown level: $1" ;;
    esac
}

# Works in a directory of its own, and comes back.
in_directory() (
    cd "$1" || exit
    shift
    "$@"
)

function with-lock() (
    exec 9>"$1.lock"
    flock -n 9 || die "somebody else is at it"
    "${@:2}"
)

#######################################
# Removes old copies.
# Globals: KEEP
# Returns: 0, even where nothing is old
#######################################
prune_copies()
{
    local directory=$1
    local -a copies

    # Newest first.
    newest_first() {
        ls -1t -- "$directory"
    }

    mapfile -t copies < <(newest_first)
    for copy in "${copies[@]:KEEP}"; do
        if [[ -d $directory/$copy && $copy =~ ^[0-9]{8}$ ]]; then
            rm -r -- "${directory:?}/$copy"
        fi
    done
}

is_mounted() [[ -n "$(findmnt --noheadings "$1")" ]]

if command -v rsync >/dev/null; then
    copy_tree() {
        rsync --archive --delete "$1/" "$2/"
    }
else
    copy_tree() {
        cp -a "$1/." "$2/"
    }
fi

quiet_copy() {
    copy_tree "$@"
} >/dev/null 2>&1

_backup.complete() {
    COMPREPLY=($(compgen -W "${!targets[*]}" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _backup.complete backup_home

trap 'say "interrupted"; exit 130' INT

main() {
    local dry_run=false option
    while getopts 'n' option; do
        case $option in
            n) dry_run=true ;;
            *) usage; exit 2 ;;
        esac
    done
    shift $((OPTIND - 1))

    local target=${targets[${1:-home}]}
    is_mounted "$target" || die "$target is not mounted"
    $dry_run || with-lock "$target/backup" quiet_copy "$HOME" "$target/$(date +%Y%m%d)"
    prune_copies "$target"
}

main "$@"
