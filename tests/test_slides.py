"""Lecture slides, from every way in which a cell can be marked for them."""

import json

import pytest
from bs4 import BeautifulSoup

from _ext import slides
from tools.catalogue import Page

FIGURE = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBO"}}
PRINTED = {"output_type": "stream", "name": "stdout", "text": ["0.5 < 0.6\n"]}


def cell(source, slide_type="", outputs=None, **metadata):
    if slide_type:
        metadata["slideshow"] = {"slide_type": slide_type}
    made = {"cell_type": "markdown", "metadata": metadata, "source": source}
    if outputs is not None:
        made |= {"cell_type": "code", "outputs": outputs, "execution_count": None}
    return made


@pytest.fixture
def lecture(tmp_path):
    """Return the slides of a notebook with these cells."""

    def make(*cells):
        path = tmp_path / "9_x.ipynb"
        path.write_text(json.dumps({"cells": cells, "metadata": {}}), "utf-8")
        page = Page(tmp_path, "9_x")
        text, _ = slides.exporter().from_notebook_node(slides.lecture(page))
        html = BeautifulSoup(text, "html.parser")
        found = html.select(".slides > section")
        assert len(found) == slides.slides_in(page)
        return html, found

    return make


def test_slide_types_of_jupyterlab_make_slides(lecture):
    html, found = lecture(
        cell("# 9. A & B\n\nSee [there](05_x.ipynb#y).", "slide"),
        cell("Prose of the page."),
        cell("x = 1", "subslide", [PRINTED]),
        cell("An afterthought.", "fragment"),
        cell("Said aloud.", "notes"),
        cell("Never said.", "skip"),
        cell("y = 2", "-", [FIGURE], mystnb={"image": {"alt": "A < B"}}),
    )
    assert html.title.text == "9. A & B: slides"
    first, second = found
    assert first.h1.text == second.h2.text == "9. A & B"
    assert "See there." in first.text and not first.find("a")
    assert second.pre.text == "0.5 < 0.6\n" and "x = 1" not in second.text
    assert second.select_one(".fragment").p.text == "An afterthought."
    assert second.img["alt"] == "A < B"
    notes = second.select_one("aside.notes").extract().text
    assert "Prose of the page." in notes and "Said aloud." in notes
    assert "aloud" not in second.text and "Never" not in html.text + notes


def test_a_slide_can_say_less_than_its_cell(lecture):
    table = "## Known\n\nLong prose.\n\n| a | b |\n| --- | --- |\n| c | d |\n\n- e"
    html, (slide,) = lecture(
        cell(table, slide={"text": "*Short*", "show": "table"}),
        cell("z = 3 < 4", slide={"join": True, "show": "code"}, outputs=[]),
    )
    notes = slide.select_one("aside.notes").extract()
    assert "Long prose." in notes.text and "Long prose." not in slide.text
    assert slide.em.text == "Short" and slide.select_one(".table td").text == "c"
    assert slide.select_one(".highlight").text.strip() == "z = 3 < 4"
    assert "e" not in [item.text for item in slide.select("li")]


@pytest.mark.parametrize("text", ["No formula.", "It is $x^2$."])
def test_mathematics_comes_with_the_book_where_a_formula_stands(lecture, text):
    html, _ = lecture(cell(f"# T\n\n{text}", "slide"))
    scripts = [script.get("src", "") for script in html.select("script")]
    assert any("mathjax" in script for script in scripts) == ("$" in text)
    assert not any(script.startswith("http") for script in scripts)


def test_a_notebook_without_marks_has_none(tmp_path):
    path = tmp_path / "9_x.ipynb"
    path.write_text(json.dumps({"cells": [cell("# T"), cell("a", "skip")]}), "utf-8")
    assert not slides.slides_in(Page(tmp_path, "9_x"))
