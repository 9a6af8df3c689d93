"use strict";
// Runs in a copy of the report inside a frame, uses it as a person would, and tells the page around it what went wrong.
addEventListener("load", () => {
  const faults = [];
  const check = (holds, words) => {
    if (!holds) faults.push(words);
  };
  const root = document.documentElement;
  const wanted = new URLSearchParams(location.search).get("theme");
  const theme = document.getElementById("theme");
  const isDark = () => getComputedStyle(root).colorScheme === "dark";
  check(!theme.hidden, "the button of the theme is hidden");
  if (isDark() !== (wanted === "dark")) theme.click();
  check(isDark() === (wanted === "dark"), "the theme is not " + wanted);
  check(root.dataset.script === "ran", "the script did not run");

  // Nothing sticks out, whatever is shown.
  const fits = (when) => {
    check(root.scrollWidth <= innerWidth, when + ": " + root.scrollWidth + " wide in " + innerWidth);
    for (const element of document.querySelectorAll("main *")) {
      const box = element.getBoundingClientRect();
      if (element.tagName !== "CAPTION" && box.width && box.right > innerWidth + 1) {
        return check(false, when + ": " + element.outerHTML.slice(0, 80) + " ends at " + box.right);
      }
    }
  };
  fits("at first");
  for (const details of document.querySelectorAll("details")) details.open = true;
  fits("with everything open");

  // Every text can be read: 4.5 to 1, as WCAG AA wants it.
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => {
    const [red, green, blue] = numbers(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let of = element; of; of = of.parentElement) {
      const color = getComputedStyle(of).backgroundColor;
      const parts = numbers(color);
      if (parts.length === 3 || parts[3] > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const unread = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!hasText || element.closest("script, style, title, desc, [hidden]")) continue;
    const style = getComputedStyle(element);
    const [one, other] = [light(element.closest("svg") ? style.fill : style.color), light(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) unread.add(element.tagName + "." + element.getAttribute("class") + " " + contrast.toFixed(2));
  }
  check(unread.size === 0, "hard to read: " + [...unread].slice(0, 5).join(", "));

  // Every heading of a sortable table sorts, both ways, and says so.
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  for (const table of document.querySelectorAll("table.sortable")) {
    const headings = [...table.tHead.rows[0].cells];
    const count = table.tBodies[0].rows.length;
    headings.forEach((heading, column) => {
      const button = heading.querySelector("button");
      const name = heading.textContent;
      button.focus();
      check(document.activeElement === button, "no keyboard reaches " + name);
      const keys = () => [...table.tBodies[0].rows].map((row) => {
        return row.cells[column].dataset.sort || row.cells[column].textContent.trim();
      });
      const inOrder = (sign) => keys().every((key, index, all) => !index || sign * collator.compare(all[index - 1], key) <= 0);
      button.click();
      check(heading.getAttribute("aria-sort") === "ascending" && inOrder(1), name + " does not rise");
      button.click();
      check(heading.getAttribute("aria-sort") === "descending" && inOrder(-1), name + " does not fall");
      check(headings.filter((of) => of.getAttribute("aria-sort") !== "none").length === 1, "two orders at once");
      check(table.tBodies[0].rows.length === count, "rows got lost");
    });
  }

  // The filter shows what it says.
  const form = document.querySelector("form.filter");
  const rows = [...document.querySelectorAll("table.findings tbody tr")];
  const shown = () => rows.filter((row) => row.getClientRects().length > 0);
  const filter = (values) => {
    for (const name of ["text", "severity", "rule", "repository"]) form.elements[name].value = values[name] || "";
    form.dispatchEvent(new Event("input"));
    const said = Number(form.elements.shown.value.split(" ")[0]);
    check(said === shown().length, "said " + said + ", shown " + shown().length);
    for (const holder of document.querySelectorAll(".repository, .group")) {
      const isEmpty = !rows.some((row) => holder.contains(row) && !row.hidden);
      check(holder.hidden === isEmpty, "an empty part stands open");
    }
    return shown();
  };
  check(filter({}).length === rows.length, "not everything is shown");
  const severity = rows[0].dataset.severity;
  const bySeverity = filter({ severity });
  check(bySeverity.length > 0 && bySeverity.every((row) => row.dataset.severity === severity), "severity");
  const rule = rows[0].dataset.rule;
  check(filter({ rule }).every((row) => row.dataset.rule === rule), "rule");
  check(filter({ repository: "1" }).every((row) => row.closest("#repository-1")), "repository");
  check(filter({ text: "EXCHANGES  jwt" }).length > 0, "several words");
  check(filter({ text: "no such thing" }).length === 0, "nothing fits");
  check(document.querySelector(".nothing").getClientRects().length > 0, "that nothing fits is not said");
  form.reset();
  setTimeout(() => {
    check(shown().length === rows.length, "the filter stays");
    fits("at the end");
    const background = getComputedStyle(document.body).backgroundColor;
    parent.postMessage({ size: innerWidth, theme: wanted, background, rows: rows.length, faults }, "*");
  });
});
