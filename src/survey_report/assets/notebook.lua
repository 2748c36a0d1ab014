-- What a page's classes say, in words that a notebook can show; no links to pages, which are not there.
local WORDS = {
  { "invented", "invented" },
  { "invented-text", "invented" },
  { "corrected", "reproduces a published figure that print has wrong" },
  { "reproduced", "reproduces a published figure" },
}

local function marked(node)
  local attributes = {}
  for _, pair in ipairs(WORDS) do
    if node.classes:includes(pair[1]) and not attributes.title then
      attributes.title = pair[2]
    end
  end
  if node.identifier == "" and not attributes.title then
    return node.content
  end
  return pandoc.Span(node.content, pandoc.Attr(node.identifier, {}, attributes))
end

function Pandoc(document)
  local places = {}
  local function note(node)
    places["#" .. node.identifier] = node.identifier ~= ""
  end
  document:walk({ Span = note, Header = note, Div = note })
  return document:walk({
    Span = marked,
    Link = function(link)
      if places[link.target] or link.target:match("^https?://") then
        return pandoc.Link(link.content, link.target)
      end
      return marked(link)
    end,
    Header = function(header)
      return pandoc.Header(header.level, header.content, pandoc.Attr(header.identifier))
    end,
    Div = function(div)
      return pandoc.Div(div.content, pandoc.Attr(div.identifier))
    end,
    RawInline = function()
      return {}
    end,
    RawBlock = function()
      return {}
    end,
  })
end
