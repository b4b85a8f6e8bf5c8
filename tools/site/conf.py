# The settings of Sphinx, which makes the site's pages of the notebooks and the Markdown where they stand.
# npm run site starts it; it runs no notebook, and asks no network for anything.

import re
from pathlib import Path

project = "Sparkify on Cassandra"
html_title = project
html_show_copyright = False

extensions = ["myst_nb"]
root_doc = "README"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "notebooks/*.ipynb",
    "notebooks/labs/*.ipynb",
    "notebooks/exercises/*.ipynb",
    "models/**.md",
    "event_data/README.md",
    "lib/README.md",
    "packages/*/README.md",
    "packages/*/test/*/README.md",
    "tools/site/*.md",
]
# Not looked through; and the solutions are not for learners.
exclude_patterns = [".*", "build", "out", "**/node_modules", "**/dist", "notebooks/own", "notebooks/exercises/solutions"]

nb_execution_mode = "off"
nb_merge_streams = True
# A verdict stands beside its HTML, for programs; CQL is not quite the SQL that is coloured.
suppress_warnings = ["mystnb.unknown_mime_type", "misc.highlighting_failure"]
myst_heading_anchors = 4

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
templates_path = ["templates"]
html_copy_source = False
html_use_index = False
html_show_sphinx = False
# Results that show a part of the page would fetch it, which a browser refuses for files.
html_show_search_summary = False

contents = """

```{toctree}
:hidden:
:caption: The walkthrough
:glob:
notebooks/*
```

```{toctree}
:hidden:
:caption: Labs
:glob:
notebooks/labs/*
```

```{toctree}
:hidden:
:caption: Exercises
:glob:
notebooks/exercises/*
```

```{toctree}
:hidden:
:caption: Sample reports
tools/site/reports
```

```{toctree}
:hidden:
:caption: For its readers
:glob:
docs/*
models/*
models/*/*
event_data/README
```

```{toctree}
:hidden:
:caption: For contributors
:glob:
CONTRIBUTING
CHANGELOG
lib/README
packages/*/README
packages/*/test/*/README
```
"""


def add_contents(app, docname, source):
    """The README is the site's first page: what only the site has is added here."""
    if docname == root_doc:
        source[0] += contents


def add_api(app, docname, source):
    """The README of a room that others would use ends with its API."""
    api = Path(app.config.api_folder, re.sub("README$", "src.md", docname))
    if docname.endswith("/README") and api.exists():
        # Its anchors are HTML, of which MyST does not know.
        link = re.compile(r"\[((?:\\.|[^\]\\])+)\]\(([^()#]*?)(?:src\.md)?(#[^()]+)\)")
        text = api.read_text(encoding="utf8")
        source[0] += "\n" + link.sub(lambda m: f'<a href="{m[2] and m[2] + "README.html"}{m[3]}">{m[1]}</a>', text)


def level_captions(app, pagename, templatename, context, doctree):
    """Furo calls the captions of the contents headings, and leaves out of which level."""
    tree = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app):
    app.add_config_value("api_folder", "", "env")
    app.connect("source-read", add_contents)
    app.connect("source-read", add_api)
    app.connect("html-page-context", level_captions, priority=900)
