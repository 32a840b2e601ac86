-- Upserts one of a thousand contacts onto a list, so that the store stays as large as it is.
local count = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

request = function()
  count = count + 1
  local body = string.format(
    '{"email":"reader%d@example.com","firstName":"Reader","listId":"clx_list_newsletter_id"}', count % 1000)
  return wrk.format(nil, nil, nil, body)
end
