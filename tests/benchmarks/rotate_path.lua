-- Reads, each time in the next of a thousand worlds, which the base URL names.
local count = 0

request = function()
  count = count + 1
  return wrk.format(nil, "/_world/w" .. count % 1000 .. wrk.path)
end
