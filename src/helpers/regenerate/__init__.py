"""How notebooks are read, planned, run and refreshed.

Nothing here knows of states or codes: the values that a parameter may take are
handed in, as a mapping from the name of a type to a function that returns them.

``source`` reads a notebook's question and parameters, ``values`` checks what is
given for them, ``plan`` turns both into runs, ``names`` names their files,
``execute`` runs one through papermill (with ``engine`` and ``kernels``),
``normalise`` drops what differs from run to run, ``batch`` does many and writes
the files, ``report`` tells how it went, and ``listing`` what there is. Jupyter and
papermill are imported when something is executed, not before.
"""
