"""A commit, a tag and an updated worktree: all of it or nothing, whenever the process is killed (ADR 12).

`spec` says what to do. `objects` writes the commit and the tag, which no ref names yet. `journal` records on disk what
is about to happen. `refs` moves branch and tag in one ref transaction: from then on the release is made. `checkout`
updates the worktree and the index, one file at a time, and never overwrites a content that it does not expect. `run`
does all of this in this order, and finishes an interrupted transaction.
"""
