"""How notebooks are read, planned, run and refreshed; nothing here knows of states or codes.

``notebook_source`` reads a question and parameters, ``parameter_values`` checks what is given for
them, ``plan`` makes runs of both and ``run_names`` names their files. ``execute`` runs one through
papermill (with ``engine`` and ``kernels``), ``executors`` and ``cluster`` many; ``batch`` writes
the files, ``incremental`` says which are due. Jupyter and papermill are imported only to execute.
"""
