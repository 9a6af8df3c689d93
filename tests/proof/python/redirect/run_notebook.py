"""Runs the code cells of a notebook in order, in one namespace: `python -m run_notebook FILE.ipynb`."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    notebook = json.load(file)

namespace = {"__name__": "__main__"}
for number, cell in enumerate(notebook["cells"]):
    if cell["cell_type"] != "code":
        continue
    source = "".join(cell["source"])
    exec(compile(source, f"{sys.argv[1]}#{number}", "exec"), namespace)
