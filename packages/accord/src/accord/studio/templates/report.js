/* Wakes the page up: charts, replays, the copy button. */

const DATA = JSON.parse(document.getElementById("data").textContent);

function wake() {
  const charts = [...document.querySelectorAll("[data-chart]")];
  const observer = new ResizeObserver((entries) => {
    for (const entry of entries) drawChart(entry.target, DATA.charts[entry.target.dataset.chart]);
  });
  for (const host of charts) {
    drawChart(host, DATA.charts[host.dataset.chart]);
    observer.observe(host);
  }
  if (typeof Theatre !== "undefined") {
    for (const host of document.querySelectorAll(".theatre")) new Theatre(host, DATA.films);
    const keys = () => document.querySelectorAll("canvas[data-key]").forEach(paintKey);
    keys();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", keys);
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = "Copied";
      window.setTimeout(() => { button.textContent = "Copy"; }, 1600);
    });
  }
  document.documentElement.dataset.ready = "yes";
}

wake();
