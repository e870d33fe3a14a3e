"""Ids that the code itself knows, whatever the scheme: they are part of the method.

The codebook says how they are called and what they mean. Every other id stands in the data alone.
"""

CODED, SILENT, UNDECIDED = "coded", "silent", "undecided"
"""What a coder can find in an account: statuses of a coding."""
NOT_READ, BELOW_THRESHOLD, GROUP_DROPPED = "not_read", "below_threshold", "group_dropped"
SEARCHED = "searched"
"""Why else a code can be missing: statuses that arise in an analysis."""
OPEN, AS_NO = "open", "no"
"""How silence can be read."""
FURTHER, CLOSER = "further", "closer"
"""How what is undecided can be read, beside `OPEN`; the columns of ``undecided.csv`` too."""
FIRST = "first"
"""The account that is read unless another is named: the first of the table."""
ADJUDICATED = "adjudicated"
"""The coding that stands; all others are those of single coders."""
TYPE = "type"
"""What a measure can be compared with, beside variables and levels."""
YES, ABSTAIN, NO, ABSENT = "yes", "abstain", "no", "absent"
"""What a member can do in a roll call. An absence is never a vote."""
