"""stripe-python, unmodified, against its vendor's document: customers."""

import stripe
from steps import URL, fails, same, step

client = stripe.StripeClient("sk_test_mock", base_addresses={"api": URL}, max_network_retries=0)
customers = client.v1.customers

made = step("create", lambda: customers.create({"name": "Ada", "email": "ada@example.com"}))
step("read", lambda: same(customers.retrieve(made.id).name, "Ada"))
more = step("create more", lambda: [customers.create({"name": f"n{n}"}).id for n in range(5)])
step("list", lambda: same(made.id in [each.id for each in customers.list({"limit": 100}).data], True))


def pages() -> None:
    found = [each.id for each in customers.list({"limit": 2}).auto_paging_iter()]
    same(len(found), len(set(found)))
    same({made.id, *more} <= set(found), True)


step("page", pages)
step("update", lambda: same(customers.update(made.id, {"name": "Ada L."}).name, "Ada L."))
step("read again", lambda: same(customers.retrieve(made.id).name, "Ada L."))
step("delete", lambda: same(customers.delete(made.id).deleted, True))
step("error", lambda: fails(stripe.InvalidRequestError, lambda: customers.retrieve("cus_nobody")))
