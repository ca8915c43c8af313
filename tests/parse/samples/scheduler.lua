#!/usr/bin/env lua
--- Runs small jobs one after another.
-- @module scheduler

local coroutine = require("coroutine")
local unpack = table.unpack or unpack

local M = { _VERSION = "1.2.0" }

M.PATIENCE = 30
local LIMIT <const> = 64

---@class Job
---@field name string
local Job = {}
Job.__index = Job

--- Makes a job from a function.
---@param name string
---@return Job
function Job.new(name, work)
  return setmetatable({ name = name, work = work, runs = 0 }, Job)
end

function Job:run(...)
  self.runs = self.runs + 1
  return self.work(...)
end

function Job.__tostring(self) return "job " .. self.name end

Job.__eq = function(a, b)
  return a.name == b.name
end

--[[
  Waits for a while, in steps, so that
  others get their turn.
]]
local function sleep(seconds)
  local due = os.time() + seconds
  -- Asks again and again.
  local function is_due()
    return os.time() >= due
  end
  while not is_due() do
    coroutine.yield()
  end
end

--[==[ Nothing to do, on purpose. ]==]
local noop = function() end

-- Adds a job to the end of the queue.
M.add = function(queue, job)
  if #queue >= LIMIT then
    error("too many jobs")
  end
  queue[#queue + 1] = job
end

function M.queue.reorder(queue, before)
  table.sort(queue, function(a, b)
    return before(a, b)
  end)
end

function M:stop()
  self.running = false
end

-- Ways to look at a queue.
M.views = {
  -- The short one.
  short = function(queue)
    return #queue .. " jobs"
  end,

  ["long view"] = function(queue)
    local lines = {}
    for index, job in ipairs(queue) do
      lines[index] = tostring(job)
    end
    return table.concat(lines, "\n")
  end,

  nested = {
    empty = function() return "" end,
  },
  limit = LIMIT,
}

M["drain"] = function(queue)
  while #queue > 0 do table.remove(queue) end
end

local counter = setmetatable({}, {
  __call = function(self, step)
    self.count = (self.count or 0) + (step or 1)
    return self.count
  end,
})

function version()
  return M._VERSION
end

on_error = function(message)
  io.stderr:write(message, "\n")
end

local help = [[
function nothing()
end
]]

for _, name in ipairs({ "start", "pause" }) do
  M[name] = function(queue)
    queue.state = name
  end
end

if arg and arg[0] == "scheduler.lua" then
  print(help, version(), counter())
end

return M
