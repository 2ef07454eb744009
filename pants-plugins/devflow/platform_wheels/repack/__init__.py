"""Makes the wheel of one platform from that of a distribution.

Runs in a process of the engine, by an interpreter of the repository, which may be Python 3.8 or newer. So these modules
import the standard library and each other.
"""
