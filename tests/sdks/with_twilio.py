"""twilio-python, unmodified, against its vendor's document: messages of an account."""

from steps import URL, fails, same, step
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client


class Here(TwilioHttpClient):
    """The SDK's own transport, led to the mock: the SDK has no option for its base URL."""

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> object:
        return super().request(method, url.replace("https://api.twilio.com", URL), *args, **kwargs)


SID = "AC" + "0" * 32
messages = Client(SID, "mock", http_client=Here()).messages

made = step("create", lambda: messages.create(to="+15558675310", from_="+15017122661", body="Hi"))
step("read", lambda: same(messages(made.sid).fetch().body, "Hi"))
more = step(
    "create more",
    lambda: [messages.create(to="+15558675310", from_="+15017122661", body=f"n{n}").sid for n in range(5)],
)
step("list", lambda: same(made.sid in [each.sid for each in messages.list()], True))


def pages() -> None:
    found = [each.sid for each in messages.stream(page_size=2)]
    same(len(found), len(set(found)))
    same({made.sid, *more} <= set(found), True)


step("page", pages)
step("update", lambda: same(messages(made.sid).update(body="").body, ""))
step("delete", lambda: same(messages(made.sid).delete(), True))
step("error", lambda: fails(TwilioRestException, lambda: messages(made.sid).fetch()))
