"""How well and how fast titles are matched: ``python -m benchmarks.linkage TABLE [--with OTHER] [--seen 1]``.

The truth is made from a table: its tracks, perturbed as other tables would write them, are matched against
the tracks themselves, of which a fifth are gone and replaced by what is easily taken for them: another title
of the artist, the title by another artist, a live recording or a remix. ``--seen`` uses seeds, kinds and
strings by which rules, weights and thresholds were chosen; without it seed, strings and half of the kinds are
others.
"""
