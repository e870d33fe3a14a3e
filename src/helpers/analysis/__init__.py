"""What follows from what is known: pure functions, a table in and a table out."""
