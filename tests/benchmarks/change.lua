-- Gives one of a thousand contacts a new name, so that every request writes.
local count = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"

request = function()
  count = count + 1
  local body = string.format(
    '{"email":"reader%d@example.com","firstName":"Reader %d","listId":"clx_list_newsletter_id"}', count % 1000, count)
  return wrk.format(nil, nil, nil, body)
end
