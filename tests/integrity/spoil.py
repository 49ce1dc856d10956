"""Ways to spoil a bundle, and to read what the verifier says of it."""

import json

from evidence_tracker.integrity.canonical import canonical

from .make_bundle import relist


def named(report):
    """Return check → names of its faults, for all checks that failed."""
    return {check.number: {fault.name for fault in check.faults} for check in report.checks if check.faults}


def outcome(report, number):
    return report.checks[number - 1].outcome


def notes(report):
    return [note for check in report.checks for note in check.notes]


def lines_of(files):
    return [json.loads(line) for line in files["data/custody.jsonl"].splitlines()]


def rewrite(files, keep):
    """Keep only some events, renumbered, with their proofs."""
    kept = [line for line in lines_of(files) if keep(line)]
    proofs = [files[f"proof/events/{line['n']}.tlog-proof"] for line in kept]
    for name in [name for name in files if name.startswith("proof/events/")]:
        del files[name]
    for n, proof in enumerate(proofs, start=1):
        files[f"proof/events/{n}.tlog-proof"] = proof
    files["data/custody.jsonl"] = b"".join(
        canonical(line | {"n": n}) + b"\n" for n, line in enumerate(kept, 1)
    )


def edit(files, path, change):
    value = json.loads(files[path])
    change(value)
    files[path] = json.dumps(value).encode()


def cut(seq, *, stated=None):
    """Return a spoiler that removes the event ``seq`` of EX-0001 and states another number of them."""

    def keep(line):
        opened = {name: value for _, name, value in line["extra"]["opened"]}
        return not (line["item"] == "EX-0001" and opened["seq"] == seq)

    def change(files):
        rewrite(files, keep)
        if stated is not None:
            edit(files, "data/exhibits/EX-0001/item.json", lambda item: item["custody"].update(events=stated))
        relist(files)

    return change


def spoil_item(change, path="data/exhibits/EX-0001/item.json"):
    """Return a spoiler of an item file, before the sealing: the seal is then honest about it."""
    return lambda files: edit(files, path, change)
