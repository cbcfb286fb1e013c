-- Opens slow.py, waits for its findings, takes the fix of the first one and writes the file;
-- what Neovim saw on the way goes to seen.json. Works with Neovim 0.7 and later.
local folder = vim.env.BCLINT_FOLDER
local seen = {}

local function wait_for(what, condition)
  if not vim.wait(60000, condition, 20) then
    io.stderr:write('never came: ' .. what .. '\n')
    vim.cmd('cquit')
  end
end

vim.cmd('edit ' .. folder .. '/slow.py')
local config = {
  name = 'bclint',
  cmd = { vim.env.BCLINT_PYTHON, '-m', 'bclint', 'server' },
  root_dir = folder,
}
if vim.lsp.start then
  vim.lsp.start(config)
else
  vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
end

wait_for('findings', function() return #vim.diagnostic.get(0) == 2 end)
for _, found in ipairs(vim.diagnostic.get(0)) do
  table.insert(seen, { found.code, found.lnum, found.col, found.end_col, found.source })
end

vim.ui.select = function(items, options, choose)
  for _, item in ipairs(items) do
    if options.format_item(item):find('BCL102: bind', 1, true) then
      return choose(item)
    end
  end
  choose(nil)
end
vim.api.nvim_win_set_cursor(0, { seen[1][2] + 1, seen[1][3] + 2 })
vim.lsp.buf.code_action()
wait_for('the fix', function()
  return vim.fn.search('sqrt = math.sqrt', 'nw') > 0
end)
wait_for('the findings after it', function() return #vim.diagnostic.get(0) == 1 end)
vim.cmd('write')
vim.fn.writefile({ vim.fn.json_encode(seen) }, folder .. '/seen.json')
vim.cmd('qall')
