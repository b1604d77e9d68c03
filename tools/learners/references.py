"""What stands within a line and means something elsewhere: roles, links, footnotes, pictures."""

from __future__ import annotations

import base64
import html
import mimetypes
import re

from myst_nb.core.variables import format_plain_text

from learners.book import Target
from learners.myst import MystError

INLINE = re.compile(
    r"""(?P<escape>\\[^\w\s])
    |\{(?P<role>[a-zA-Z][\w:.+-]*)\}(?P<ticks>`+)(?P<content>.+?)(?<!`)(?P=ticks)(?!`)
    |(?P<code>(?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`))
    |(?P<math>\$\$.+?\$\$|\$(?!\s)(?:\\.|[^$\\])+?(?<!\s)\$(?!\d))
    |\[\^(?P<note>[^\]\s]+)\]
    |(?P<bang>!?)\[(?P<text>(?:\\.|`[^`]*`|\$[^$]*\$|[^\[\]\\`$]|\[[^\[\]]*\])*)\]
        \((?P<url>[^()\s]+(?:\([^()]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)(?P<attributes>\{[^}]*\})?
    |(?P<substitution>\{\{.+?\}\})""",
    re.S | re.X,
)
ZIP = "gradients-through-time.zip"
PLAIN_HTML = {"kbd": "kbd", "sub": "sub", "subscript": "sub", "sup": "sup", "superscript": "sup"}


def plain(text: str, context) -> str:
    """Carry over a run of text; `context` is the `markdown.Context` of the page."""
    return INLINE.sub(lambda match: _replace(match, context), text)


def _replace(match: re.Match, context) -> str:
    if match["role"]:
        return _role(match["role"], match["content"].strip(), context)
    if match["note"]:
        return context.footnote(match["note"])
    if match["substitution"]:
        raise MystError(f"the substitution {match[0]}")
    if match["url"]:
        if match["bang"]:
            return picture(match["url"], match["text"], context)
        return _link(plain(match["text"], context), match["url"], context)
    return match[0]


def _role(name: str, content: str, context) -> str:
    """One MyST role as plain Markdown."""
    text, target = re.match(r"(?:(.*?)\s*<([^<>]+)>|(.*))$", content, re.S).group(1, 2)
    target = target or content
    if name == "glue:text":
        key, _, format_spec = content.rpartition(":") if ":" in content else (content, "", "s")
        return format_plain_text(context.fact(key), format_spec)
    if name == "eq":
        return context.refer(target, text)
    if name in ("ref", "numref", "prf:ref"):
        if text and "%s" in text:
            raise MystError(f"the role {{{name}}} with a text of its own for the number")
        return context.refer(target, text)
    if name == "term":
        return context.refer(f"term:{target.lower()}", text or target)
    if name == "doc":
        return _link(text or context.book.pages[_page(target, context)].title, target, context)
    if name in ("cite", "cite:p", "cite:t"):
        return context.cite(re.split(r"\s*,\s*", content), textual=name.endswith(":t"))
    if name == "math":
        return f"${content}$"
    if name in PLAIN_HTML:
        return f"<{PLAIN_HTML[name]}>{html.escape(content)}</{PLAIN_HTML[name]}>"
    if name.startswith("py:") or name in ("func", "class", "mod", "meth", "attr"):
        name = (text or target).removeprefix("~lstm_course.").removeprefix("lstm_course.")
        return _link(f"`{name}`", "api", context) if "api" in context.book.pages else f"`{name}`"
    if name == "learners-zip":
        address = context.book.address
        return f"[{content}]({address}/learners/{ZIP})" if address else content
    if name == "download":
        return text or target
    raise MystError(f"the role {{{name}}}`{content}`")


def _page(target: str, context) -> str:
    page = context.book.label_of_page(target)
    if page is None:
        raise MystError(f"a link to {target!r}, which is no page of the book")
    return page


def _link(text: str, url: str, context) -> str:
    """A link to the web, to a page, to a label; only its text, where there is nothing to open."""
    if re.match(r"(https?|mailto):", url):
        return f"[{text}]({url})"
    label = url.removeprefix("#")
    if label in context.book.targets or url.startswith("#"):
        return context.refer(label, text)
    page, _, anchor = url.partition("#")
    address = context.book.link(_page(page, context), anchor, context.page.name)
    return text if address is None else f"[{text}]({address})"


def reference(target: Target, text: str | None, context) -> str:
    """A link to a registered place."""
    address = context.book.link(target.page, target.anchor, context.page.name)
    text = text or target.text
    return text if address is None else f"[{text}]({address})"


def picture(url: str, alt: str, context, width: str = "") -> str:
    """A picture, which travels inside the notebook."""
    path = (context.page.path.parent / url).resolve()
    if not path.is_file():
        raise MystError(f"the picture {url!r}, which is not there")
    data = base64.b64encode(path.read_bytes()).decode()
    kind = mimetypes.guess_type(path.name)[0]
    size = f' width="{html.escape(width)}"' if width else ""
    return f'<img src="data:{kind};base64,{data}" alt="{html.escape(alt)}"{size}>'
