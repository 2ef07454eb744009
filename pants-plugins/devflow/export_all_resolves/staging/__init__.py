"""Builds one export beside its destination and swaps it in, so that the old one works until the new one is whole.

Runs inside an engine process, in a sandbox that holds the files of the export and, in `.devflow`, this package. So
these modules import the standard library and each other, and nothing else.
"""
