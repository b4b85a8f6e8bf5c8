# The settings of Sphinx, which makes the site's pages of the notebooks and the Markdown where they stand.
# npm run site starts it; it runs no notebook, and asks no network for anything.

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
:caption: Reports and API
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


def setup(app):
    app.connect("source-read", add_contents)
