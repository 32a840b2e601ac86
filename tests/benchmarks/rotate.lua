-- Reads, each time in the next of a thousand worlds, which a header names.
local count = 0

request = function()
  count = count + 1
  wrk.headers["X-Mock-World"] = "w" .. count % 1000
  return wrk.format()
end
