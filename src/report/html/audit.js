"use strict";
// What makes the report easier to use: another theme, sorting, filtering. The page is complete without it.
(() => {
  const root = document.documentElement;

  // The theme: what the system says, until the button is used.
  const theme = document.getElementById("theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const nameTheme = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", "Switch to the " + (isDark() ? "light" : "dark") + " theme");
  };
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  prefersDark.addEventListener("change", nameTheme);
  nameTheme();
  theme.hidden = false;

  // Sorting: a heading becomes a button; a second use turns the order round.
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort || cell.textContent.trim();
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      heading.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const rising = heading.getAttribute("aria-sort") !== "ascending";
        for (const other of headings) other.setAttribute("aria-sort", "none");
        heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => [key(row, column), row]);
        rows.sort(([one], [other]) => (rising ? collator.compare(one, other) : collator.compare(other, one)));
        body.append(...rows.map(([, row]) => row));
      });
    });
  }

  // Filtering: a row that does not fit is hidden, and so is what has no row left.
  const form = document.querySelector("form.filter");
  if (form) {
    const rows = [...document.querySelectorAll("table.findings tbody tr")].map((row) => {
      const repository = row.closest(".repository");
      const group = row.closest(".group");
      const titles = repository.querySelector("h3").textContent + " " + group.querySelector("h4").textContent;
      return { row, repository, group, text: (titles + " " + row.textContent).toLowerCase() };
    });
    const holders = [...document.querySelectorAll(".repository, .repository .group")];
    const nothing = document.querySelector(".nothing");
    const apply = () => {
      const wanted = form.elements;
      const words = wanted.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const severity = wanted.severity.value;
      const rule = wanted.rule.value;
      const repository = wanted.repository.value;
      const open = new Set();
      let shown = 0;
      for (const of of rows) {
        const fits =
          (!severity || of.row.dataset.severity === severity) &&
          (!rule || of.row.dataset.rule === rule) &&
          (!repository || of.repository.dataset.repository === repository) &&
          words.every((word) => of.text.includes(word));
        of.row.hidden = !fits;
        if (fits) {
          shown += 1;
          open.add(of.repository).add(of.group);
        }
      }
      for (const holder of holders) holder.hidden = !open.has(holder);
      nothing.hidden = shown > 0;
      wanted.shown.value = shown + " of " + rows.length + " findings";
    };
    form.addEventListener("input", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }
  root.dataset.script = "ran";
})();
