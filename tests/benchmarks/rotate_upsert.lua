-- Upserts a contact, each time in the next of a thousand worlds, which a header names.
local count = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"email":"reader0@example.com","firstName":"Reader","listId":"clx_list_newsletter_id"}'

request = function()
  count = count + 1
  wrk.headers["X-Mock-World"] = "w" .. count % 1000
  return wrk.format()
end
