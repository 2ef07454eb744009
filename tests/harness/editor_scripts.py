"""What real editors do in tests: each writes what it found, as JSON, to the file that $OUT names."""

from __future__ import annotations

# The executables that ALE picks, and what it is told.
VIM = """\
set nocompatible
set packpath=
let &runtimepath = $ALE . ',' . $VIMRUNTIME
filetype plugin on
source .vimrc
runtime plugin/ale.vim
edit tests/probe.py
let s:found = {'fixers': g:ale_fixers, 'linters': g:ale_linters, 'mypy': g:ale_python_mypy_options}
for s:linter in ale#linter#Get('python')
  if index(['mypy', 'ruff'], s:linter.name) >= 0
    let s:found[s:linter.name . ' executable'] = ale#linter#GetExecutable(bufnr(''), s:linter)
  endif
endfor
call writefile([json_encode(s:found)], $OUT)
qall!
"""

# Clients that start, and where they find definitions.
NVIM = """\
local found = { clients = {}, definitions = {} }
vim.cmd.edit("tests/probe.py")
vim.wait(60000, function() return #vim.lsp.get_clients({ bufnr = 0 }) == 2 end, 50)
for _, client in ipairs(vim.lsp.get_clients({ bufnr = 0 })) do
  table.insert(found.clients, client.name)
end
local client = vim.lsp.get_clients({ bufnr = 0, name = "pyright" })[1]
for _, word in ipairs({ "colors", "JobInfo", "WebhookNotifier" }) do
  vim.fn.cursor(1, 1)
  vim.fn.search(word, "c")
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local reply = client:request_sync("textDocument/definition", params, 60000, 0)
  for _, place in ipairs(reply.result or {}) do
    found.definitions[word] = vim.uri_to_fname(place.uri or place.targetUri)
  end
end
vim.fn.writefile({ vim.json.encode(found) }, os.getenv("OUT"))
vim.cmd("qall!")
"""

# Where the server that Eglot starts finds definitions.
EGLOT = """\
(package-initialize)
(require 'eglot)
(setq eglot-sync-connect t
      jrpc-default-request-timeout 120)
(find-file "tests/probe.py")
(call-interactively #'eglot)
(let (found)
  (dolist (word '("colors" "sortedcontainers" "JobInfo" "WebhookNotifier"))
    (goto-char (point-min))
    (search-forward word)
    (backward-char)
    (dolist (place (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))
      (push (cons word (xref-location-group (xref-item-location place))) found)))
  (write-region (json-encode found) nil (getenv "OUT")))
(eglot-shutdown-all)
"""
