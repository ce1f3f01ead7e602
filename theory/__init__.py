"""The mathematics: networks, the formulas of claims, exact constructions.

Pure functions of arrays. Nothing here knows files, configuration, tables or plots.
"""
