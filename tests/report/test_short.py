"""A page in fewer letters is the same page."""

from html.parser import HTMLParser

from experiments.report.short import shortened

PAGE = """<style>[class="a"] > td { color: red }</style>
<table class="plain">
<tr id="verdict-a.b"><td class="supported" title="two words">a &#34;b&#34; c, it&#39;s &gt; 1 &amp;gt;</td>
<td><a href="#a">x</a></td></tr>
</table>
<ul class="switches"><li>one</li>
<li>two</li></ul>
<svg viewBox="0 0 1 1" width="3pt"><use href="#q1.2" x="1" y="-2.5"/><path d="M0 1z" class="s1"/>
<a href="http://a/b?c=d" aria-label="a &gt; b, c&#39;s" id="c&#39;s">z</a></svg>
<script>const a = ' b="c" ', end = "</td>";</script>
"""


class Tree(HTMLParser):
    """Elements with their attributes, and texts, in order. What HTML ends by itself has no end here."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, attributes))

    def handle_data(self, data):
        if data.strip():
            self.seen.append(data.strip())


def test_elements_attributes_and_texts_stay_and_letters_go():
    short = shortened(PAGE)
    assert Tree(short).seen == Tree(PAGE).seen
    assert len(short) < 0.9 * len(PAGE)


def test_the_script_stays_as_it_is_to_the_letter():
    assert shortened(PAGE).partition("<script>")[2] == PAGE.partition("<script>")[2]


def test_what_needs_its_quotes_keeps_them():
    short = shortened(PAGE)
    for kept in ('title="two words"', 'href="http://a/b?c=d"', '[class="a"] > td', """id="c's">"""):
        assert kept in short
    # What follows a value without quotes and without a space is a part of it.
    assert "y=-2.5 /><" in short
    assert "<td class=supported title" in short
    assert "it's > 1 &amp;gt;" in short
