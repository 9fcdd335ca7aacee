/// How a report looks.
module Functional.Examples.Report.Style

/// The page's style sheet: no fonts and no images from elsewhere.
let sheet =
    """
:root { --ink: #1c2430; --soft: #5a6675; --rule: #e4e7eb; --paper: #ffffff; --ground: #f5f6f8; --strong: #265484; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
header, main { max-width: 1160px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 36px; }
.series { margin: 0; color: var(--strong); font-weight: 600; font-size: 14px; }
h1 { margin: 2px 0 4px; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 4px; font-size: 20px; line-height: 1.3; }
h3 { margin: 0 0 8px; font-size: 15px; color: var(--soft); font-weight: 600; }
.data, .note { margin: 0; color: var(--soft); }
.note { margin-bottom: 14px; font-size: 15px; max-width: 110ch; }
.facts { display: flex; flex-wrap: wrap; gap: 1px; margin: 20px 0 0; padding: 0;
  background: var(--rule); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; }
.facts div { flex: 1 1 140px; background: var(--paper); padding: 12px 18px; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
section { background: var(--paper); border: 1px solid var(--rule); border-radius: 8px; padding: 20px 24px 22px; margin: 20px 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 24px 32px; align-items: start; }
.columns > div { min-width: 0; }
.chart { width: 100%; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; max-width: 720px; font-size: 15px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 7px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { white-space: normal; vertical-align: bottom; color: var(--soft); font-weight: 600; font-size: 13px; }
tbody tr:last-child td { border-bottom: 0; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(max(88px, calc((100% + 14px) / var(--row) - 14px)), 1fr));
  gap: 16px 14px; }
figure { margin: 0; }
figure img { display: block; width: 100%; image-rendering: pixelated; border: 1px solid var(--rule); border-radius: 4px; }
figcaption { margin-top: 4px; color: var(--soft); font-size: 13px; text-align: center; font-variant-numeric: tabular-nums; }
@media print { body { background: #fff; } section { break-inside: avoid; } }
"""
