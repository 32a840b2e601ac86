"""`python -m tests.oracle`: compare all five APIs and print the table, with the reason for every class."""

from tests.oracle.differences import DIFFERENCES
from tests.oracle.table import table
from tests.sizes import WHOLE

print(table(WHOLE), end="\n\n")
for each in DIFFERENCES:
    print(f"- {each.name}: {each.reason} ({each.evidence})")
