"""How results are shown: tables to read, figures to look at, both in the codebook's words."""
