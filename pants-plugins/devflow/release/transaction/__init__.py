"""A commit, a tag and a work tree that follows: all of it or nothing, wherever it is killed (ADR 12).

`objects` makes what nobody sees yet. `journal` writes down what is about to happen. `refs` moves branch and tag in one
transaction of git: from then on it has happened. `follow` brings the work tree and the index after it, one file at a
time, and never over a content that it does not expect. `run` does them in this order, and `recover` what is left of
them.
"""
