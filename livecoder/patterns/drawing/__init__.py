"""Pictures of patterns: from haps to text, SVG and PNG, all of them pure functions.

`reading` sorts haps into a `model.Drawing`; `text` draws it on a terminal; `shapes` lays it out
for `svg` and `png`. What a performer types is in `picture`.
"""
