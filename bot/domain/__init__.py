"""Values, decisions, errors and ports that every part shares.

Pure: the standard library only, and no clock, randomness, file or network.
"""
