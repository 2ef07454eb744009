"""Where goals reach the rules of their own slice: one package for each slice, with the two halves and the choice.

Pants 2.17 calls a rule by its input and output types, current Pants by its name, and slices do neither. A rule of one's
own is worth it where its result should be memoised, or where a failure of one of many should be data: only a rule can
catch it.
"""
