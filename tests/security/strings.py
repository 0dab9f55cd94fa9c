# ruff: noqa: E501 -- lists of odd texts, read by nobody
"""250 things that somebody might write into a box, none of which may become more than text."""

from __future__ import annotations

from functools import cache

FAR = "http://far.example"  # asked for by nobody, or the test fails
_MARKDOWN = (
    "![x]({far}/p.png)", "[x]({far})", "[![x]({far}/p.png)]({far})", "![x][1]\n\n[1]: {far}/p.png", "<{far}>", "{far}",
    "www.far.example", "a@far.example", "# {far}", "> ![]({far}/q.png)", "- ![]({far}/l.png)", "|![]({far}/t.png)|\n|-|",
    "`![]({far}/c.png)`", "$\\includegraphics{{{far}/k.png}}$", "$$x$$", ":red[x]", ":material/home:", ":streamlit:",
    "~~x~~", "**x**", "[x](javascript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)", "[x](vbscript:alert(1))",
    "[^1]\n\n[^1]: {far}", ":blue-background[![]({far}/b.png)]",
)  # fmt: skip
_HTML = (
    "<script>alert(1)</script>", "<script src={far}/s.js></script>", "<img src={far}/i.png>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg><use href={far}/u.svg#x></svg>", "<iframe src={far}></iframe>", "<iframe srcdoc='<b>'>",
    "<object data={far}></object>", "<embed src={far}>", "<link rel=stylesheet href={far}/c.css>", "<base href={far}/>",
    "<style>*{{background:url({far}/b.png)}}</style>", "<b style='background:url({far}/s.png)'>x</b>", "<a href={far}>x</a>",
    "<a href='javascript:alert(1)'>x</a>", "<form action={far}><input name=p></form>", "<meta http-equiv=refresh content='0;{far}'>",
    "<video src={far}/v.mp4 autoplay>", "<audio src={far}/a.mp3>", "<math><mtext></p><img src={far}/m.png>",
    "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>", "\"><img src={far}/q.png>", "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</textarea><img src={far}/t.png>", "</style><img src={far}/st.png>", "<!--<img src=x>-->",
    "<template><img src={far}/tp.png></template>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src={far}/e.png&#62;",
    "<ScRiPt>alert(1)</sCrIpT>", "<img/src={far}/sl.png>", "<img\nsrc={far}/nl.png>", "<<img src={far}/d.png>>",
)  # fmt: skip
_FORMULAS = (
    "=HYPERLINK(\"{far}\",\"x\")", "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=cmd|' /C calc'!A0", "=WEBSERVICE(\"{far}\")",
    "=IMAGE(\"{far}/i.png\")", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "=IMPORTXML(\"{far}\",\"//a\")",
    "%3D1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "\";=1+1", "',=1+1",
)  # fmt: skip
_WRITING = (
    "\u202egnp.exe", "\u2066x\u2069", "\u200f\u200e", "a\u0300" * 40, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!", "\x00", "x\x00y", "\x1b[31mred\x1b[0m",
    "\x07", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "👩‍👩‍👧‍👦" * 8, "﷽", "\ufdfa" * 20, "ﬁ", "İ", "ß", "Ω≈ç√∫˜µ≤≥÷",
    "田中さん", "مرحبا", "שלום", "ไทย", "\u2028", "\u2029", "\u0085", "\uffff", "\ufffd", "\u200b", " ", "\t", "\n", "\r\n", "a\n" * 30,
    "x" * 79, "x" * 81, "x " * 2100, "x" * 5000, "\U0001f1ec\U0001f1e7" * 20, "1/0", "NaN", "null", "None", "undefined", "true", "-0", "1e309",
)  # fmt: skip
_PROGRAMS = (
    "'; DROP TABLE member; --", "' OR '1'='1", "\" OR 1=1 --", "1; SELECT pg_sleep(5)", "%' OR name LIKE '%", "{{{{7*7}}}}", "{{% raw %}}",
    "${{7*7}}", "#{{7*7}}", "{{__class__}}", "%s%s%n", "%(name)s", "../../etc/passwd", "C:\\con", "file:///etc/passwd", "$(id)", "`id`", "|id",
    "; id", "&& id", "\r\nSet-Cookie: a=b", "%0d%0aSet-Cookie:a=b", "<?xml version='1.0'?><!DOCTYPE a SYSTEM '{far}'>", "{{\"$gt\": \"\"}}",
    "__proto__", "constructor", "() {{ :;}}; id", "\\", "\\u003cscript\\u003ealert(1)", "javascript:alert(1)", "data:text/html,x", "//far.example",
    "<a xlink:href={far}>x</a>", "<br>{far}<br>", "<i>x</i>", "<sub>x</sub>", "%{{x}}", "%{{customdata}}", "<extra></extra>", "<b", "x<y>z", "&amp;",
)  # fmt: skip
NUMBER = 250


@cache
def hostile() -> tuple[str, ...]:
    """Exactly 250 different strings: each of the above, and then those that fetch with words around them."""
    made = [one.format(far=FAR) if "{far}" in one or "{{" in one else one
            for one in (*_MARKDOWN, *_HTML, *_FORMULAS, *_WRITING, *_PROGRAMS)]  # fmt: skip
    fetching = [one for one in made if FAR in one]
    made += (
        [f"Ada {one}" for one in fetching] + [f"{one} Ada" for one in fetching] + [f"Ada\n\n{one}" for one in fetching]
    )
    return tuple(dict.fromkeys(made))[:NUMBER]
