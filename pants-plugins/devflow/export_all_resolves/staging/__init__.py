"""Builds one export beside its destination and swaps it in, so that the old one works until the new one is complete.

Runs in a process of the engine, in a sandbox that holds the files of the export and, in `.devflow`, this package. So
these modules import the standard library and each other only.
"""
