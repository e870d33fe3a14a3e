"""The site: pages to send a link to, built from the stored notebooks and the tables.

`build` has Sphinx make pages of what `sources` writes; `start`, `states`, `tile_map`,
`gallery`, `scheme`, `tables` and `about` each write one kind of page, in the words of
`markup` and `types`; `settings` is all that Sphinx is told; `serve` shows the result.
"""
