for (const grid of document.querySelectorAll(".grid[data-find]")) {
  const body = grid.querySelector("tbody"), most = +grid.dataset.most;
  const rows = [...body.rows], areas = rows.filter((row) => !row.classList.contains("strong"));
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
  const value = (row, at) => (at ? parseFloat(row.cells[at].dataset.v) : plain(row.cells[0].textContent));
  const order = (sign, at) => (one, other) => {
    const a = value(one, at), b = value(other, at);
    if (a !== a || b !== b) return (a !== a) - (b !== b);
    return sign * (a < b ? -1 : a > b ? 1 : 0);
  };
  [...grid.querySelectorAll("thead th")].forEach((head, at, heads) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      areas.sort(order(down ? -1 : 1, at)).forEach((row, place) => {
        row.classList.toggle("more", place >= most);
        body.append(row);
      });
      body.append(...rows.filter((row) => row.classList.contains("strong")));
    });
  });
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = grid.dataset.find;
  field.setAttribute("aria-label", grid.dataset.find);
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    grid.classList.toggle("found", wanted !== "");
    areas.forEach((row) => { row.hidden = wanted !== "" && !plain(row.cells[0].textContent).includes(wanted); });
  });
  grid.prepend(field);
}
