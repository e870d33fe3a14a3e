"""What is known: the files, the codebook and its rules, the checks, and loading."""
