"""Pages that run where they are read: Python in the reader's browser.

``build`` makes the engine, the files that a page fetches when a reader asks it to run.
``tables`` makes a column file of every data set, which ``columns`` reads without
pyarrow. ``cells`` runs the cells. The last two are part of the engine, so they import
nothing but what is there; the scripts of the page are ``_static/inpage*.js``.
"""
