"""Sphinx's settings for the PDF and the EPUB: those of _config.yml, without a web."""

import tomllib
from pathlib import Path

from tools import catalogue

HERE = Path(__file__).parent

settings = catalogue.config()
sphinx = settings["sphinx"]["config"]
pyproject = (catalogue.ROOT / "pyproject.toml").read_text("utf-8")
package = tomllib.loads(pyproject)["project"]

project = settings["title"]
author = settings["author"]
copyright = settings["copyright"]
release = version = package["version"]
language = "en"
root_doc = "book"
extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    *(f"_ext.{name}" for name in settings["sphinx"]["local_extensions"]),
    "formats.paper",
]
myst_enable_extensions = settings["parse"]["myst_enable_extensions"]
myst_heading_anchors = sphinx["myst_heading_anchors"]
bibtex_bibfiles = [str(catalogue.ROOT / n) for n in settings["bibtex_bibfiles"]]
nb_execution_mode = "off"
nb_merge_streams = True
# The claims and tables among the outputs are directives here.
nb_render_markdown_format = "myst"
exclude_patterns = ["_build", "mlsd"]  # the package has a template in Markdown
pygments_style = "friendly"

# --- PDF -----------------------------------------------------------------------------

LICENCE = (
    "Text under CC BY 4.0, code under the MIT licence, each data set under the "
    "licence in its datasheet."
)
ADDRESS = settings["repository"]["url"]

latex_engine = "xelatex"
latex_documents = [("book", "book.tex", project, author, "manual")]
latex_toplevel_sectioning = "part"
latex_table_style = ["booktabs"]
latex_use_xindy = False
latex_domain_indices = False
latex_elements = {
    "papersize": "a4paper",
    "pointsize": "11pt",
    "extraclassoptions": "openany,oneside",
    "fncychap": "",
    "fontpkg": "",
    "printindex": "",
    "sphinxsetup": (
        "hmargin={28mm,28mm}, vmargin={26mm,28mm}, marginpar=10mm,"
        "VerbatimColor={HTML}{F4F5F7}, pre_border-width=0pt, pre_border-radius=0pt,"
        "pre_padding=4pt, pre_box-shadow=none, verbatimforcewraps=true,"
        "verbatimhintsturnover=false,"
        "TitleColor={HTML}{14344B}, InnerLinkColor={HTML}{0B5C8A},"
        "OuterLinkColor={HTML}{0B5C8A}"
    ),
    "preamble": (HERE / "preamble.tex").read_text("utf-8"),
    "maketitle": rf"\booktitlepage{{{ADDRESS}}}{{{LICENCE}}}",
    "tableofcontents": r"\booktableofcontents",
}

# --- EPUB ----------------------------------------------------------------------------

epub_author = epub_publisher = author
epub_copyright = f"{copyright}, {author}"
epub_description = package["description"]
epub_identifier = ADDRESS
epub_scheme = "URL"
epub_uid = "book"
epub_basename = "book"
epub_show_urls = "no"
epub_use_index = False
epub_tocdepth = 2
epub_tocdup = False
epub_css_files = ["book.css"]
epub_exclude_files = ["search.html", "_static/opensearch.xml"]
html_static_path = ["book.css"]
html_math_renderer = "mathml"
