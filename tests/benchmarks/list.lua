-- Reads another page each time: thousands of queries, and a header that differs.
local count = 0

request = function()
  count = count + 1
  wrk.headers["X-Request-Id"] = "request-" .. count
  return wrk.format(nil, wrk.path .. "?page=" .. (count % 7 + 1) .. "&limit=" .. (count % 50 + 1))
end
