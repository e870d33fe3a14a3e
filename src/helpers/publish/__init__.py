"""What leaves the house: exports and the site, each whole or not there at all."""
