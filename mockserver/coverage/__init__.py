"""Contract coverage: how much of a contract has been exercised by the requests that came.

The parts of a contract are its operations; the statuses each documents; the parameters each takes; the properties of
each one's request body, nested ones too; every value of an enum that a parameter or property lists; and, once an API,
the security schemes that its operations take and the scopes that they require. The percentage is the number of parts
exercised divided by the number of all parts, of all APIs served. Every part counts once; nothing is weighted.

A part is exercised when

- operation: a request reached it;
- status: an answer with it was sent, by the handler, by a refusal, by `Prefer` or by a fault rule that keeps the
  contract; what a fault rule breaks on purpose exercises none;
- parameter, property, value: it came in a request that the document allows, whatever the answer was;
- scheme, scope: a request was let in that carried the scheme's credential, to an operation that requires the scope.

Of a request body longer than the journal keeps (16 KiB) nothing is known but that it came.
"""
