/// The style of reports, for light and dark, narrow and wide screens, and for paper.
enum ReportStyle {
  /// The style sheet.
  ///
  /// The colors of lines are close to those of Okabe and Ito, which color-blind people can
  /// distinguish, and brighter on a dark background. Dashes distinguish lines without color.
  static let sheet: StaticString = """
    :root {
      color-scheme: light dark;
      --ground: #fff; --panel: #f5f6f8; --text: #1c2128; --faint: #5b6470; --rule: #d5d9df;
      --training: #0072b2; --test: #c65300; --validation: #00835f; --other: #7a4fa3;
      --right: 0, 114, 178; --wrong: 230, 120, 0; --warning: #a33a00; --edge: #0000004d;
      --series1: #0072b2; --series2: #c65300; --series3: #00835f; --series4: #7a4fa3;
      --series5: #7d6300; --series6: #b0306a;
      --gather: #a5cdea; --forward: #f6bd80; --merge: #cdb9ea; --backward: #97d6bb;
      --update: #f2da7c; --wait: #d5d9df; --exchange: #b5dfe3; --rest: #f2b3cb;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #14171b; --panel: #1d2127; --text: #e4e7eb; --faint: #9aa4b0; --rule: #363d46;
        --training: #56b4e9; --test: #f0a030; --validation: #3fce9f; --other: #bb9af0;
        --right: 66, 165, 225; --wrong: 240, 150, 40; --warning: #ffa657; --edge: #ffffff59;
        --series1: #56b4e9; --series2: #f0a030; --series3: #3fce9f; --series4: #bb9af0;
        --series5: #d9c74a; --series6: #f08ab8;
        --gather: #1f5f86; --forward: #8a4d10; --merge: #5b4288; --backward: #1e6b52;
        --update: #73610f; --wait: #4a525d; --exchange: #1b6670; --rest: #7d3357;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1.5rem clamp(0.9rem, 3vw, 2.5rem) 3rem; max-width: 75rem;
      background: var(--ground); color: var(--text);
      font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
    }
    h1 {
      margin: 0; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere;
      unicode-bidi: isolate;
    }
    h2 { margin: 2.25rem 0 0.5rem; font-size: 1.2rem; }
    p { margin: 0.35rem 0 0.75rem; max-width: 50rem; overflow-wrap: anywhere; }
    code {
      font: 0.875em/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere;
      unicode-bidi: isolate;
    }
    a { color: var(--training); }
    .note, .faint, figcaption .key, dt { color: var(--faint); }
    .note { font-size: 0.9rem; }
    dl.tiles {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem;
      margin: 1.25rem 0;
    }
    dl.tiles div { padding: 0.7rem 0.9rem; border-radius: 0.5rem; background: var(--panel); }
    dt { font-size: 0.85rem; }
    dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
    dd small { display: block; font-size: 0.8rem; color: var(--faint); }
    .status { padding: 0.5rem 0.9rem; border-left: 0.3rem solid var(--faint); \
    background: var(--panel); }
    .status.running { border-color: var(--test); }
    .status.failed { border-color: var(--warning); }
    progress { display: block; width: 100%; height: 0.7rem; accent-color: var(--test); }
    .charts {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
      gap: 1.25rem 2rem;
    }
    .charts + .note { margin-top: 1.25rem; }
    .charts > :only-child { max-width: 38rem; }
    figure { margin: 0; break-inside: avoid; }
    .chart figcaption { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
    .chart .title { font-weight: 600; margin-right: auto; }
    .keys { display: flex; flex-wrap: wrap; gap: 0 1rem; }
    .key { font-size: 0.85rem; white-space: nowrap; }
    .swatch { width: 1.6rem; height: 0.5rem; margin-right: 0.35rem; vertical-align: 0.1em; }
    svg.plot { display: block; width: 100%; height: auto; overflow: visible; }
    svg line, svg path { fill: none; stroke-width: 2; stroke-linejoin: round; }
    svg .axes line { stroke: var(--rule); stroke-width: 1; }
    svg text { fill: var(--faint); font-size: 11.5px; font-variant-numeric: tabular-nums; }
    svg .y { text-anchor: end; }
    svg .x { text-anchor: middle; }
    svg .training { stroke: var(--training); stroke-dasharray: 7 3; }
    svg .test { stroke: var(--test); }
    svg .validation { stroke: var(--validation); stroke-dasharray: 2 3; }
    svg .other { stroke: var(--other); }
    svg .marks { stroke: none; }
    svg .marks.training {
      fill: var(--ground); stroke: var(--training); stroke-width: 1.4; stroke-dasharray: none;
    }
    svg .marks.test { fill: var(--test); }
    svg .marks.validation { fill: var(--validation); }
    svg .marks.other { fill: var(--other); }
    .series1 { --line: var(--series1); }
    .series2 { --line: var(--series2); }
    .series3 { --line: var(--series3); }
    .series4 { --line: var(--series4); }
    .series5 { --line: var(--series5); }
    .series6 { --line: var(--series6); }
    svg [class*="series"] { stroke: var(--line); }
    svg .marks[class*="series"], svg .marks.ideal {
      fill: var(--line, var(--faint)); stroke: var(--line, var(--faint)); stroke-width: 1.4;
      stroke-dasharray: none;
    }
    svg .marks path { fill: inherit; stroke: inherit; stroke-width: 1.4; }
    svg .marks .hollow { fill: var(--ground); }
    svg .interval { stroke-width: 1.4; stroke-dasharray: none; }
    svg .ideal { stroke: var(--faint); stroke-width: 1.2; }
    svg .amdahl, svg .universal { stroke: var(--line, var(--faint)); stroke-width: 1.4; }
    svg .amdahl { stroke-dasharray: 8 4; }
    svg .universal { stroke-dasharray: 2 4; }
    svg .predicted { stroke-dasharray: 1 5; stroke-linecap: round; stroke-width: 2.6; }
    svg .gather { fill: var(--gather); }
    svg .forward { fill: var(--forward); }
    svg .merge { fill: var(--merge); }
    svg .backward { fill: var(--backward); }
    svg .update { fill: var(--update); }
    svg .wait { fill: var(--wait); }
    svg .exchange { fill: var(--exchange); }
    svg .rest { fill: var(--rest); }
    svg .bars rect { stroke: var(--ground); stroke-width: 1; }
    svg .letter { fill: var(--text); text-anchor: middle; font-size: 10.5px; }
    svg.letters { width: 0.95rem; height: 0.95rem; margin-right: 0.3rem; vertical-align: -0.15em; }
    .findings { margin: 0.5rem 0; padding-left: 1.2rem; max-width: 50rem; }
    .findings li { margin: 0.2rem 0; overflow-wrap: anywhere; }
    .findings .warning b { color: var(--warning); }
    .prediction {
      margin-top: 2.25rem; padding: 0 1rem 1rem; border: 2px dashed var(--warning);
      border-radius: 0.5rem;
    }
    .prediction h2 { margin-top: 1rem; color: var(--warning); }
    h3 { margin: 1.25rem 0 0.35rem; font-size: 1rem; }
    .doubts b { color: var(--warning); }
    .scroll {
      overflow-x: auto;
      background:
        linear-gradient(to right, var(--ground) 40%, transparent) \
    left / 2.5rem 100% no-repeat local,
        linear-gradient(to left, var(--ground) 40%, transparent) \
    right / 2.5rem 100% no-repeat local,
        linear-gradient(to right, var(--edge), transparent) left / 0.8rem 100% no-repeat scroll,
        linear-gradient(to left, var(--edge), transparent) right / 0.8rem 100% no-repeat scroll;
    }
    .scroll:focus-visible { outline: 2px solid var(--training); outline-offset: 2px; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th { font-weight: 600; }
    .confusion { font-size: 0.85rem; }
    .confusion th, .confusion td { padding: 0.3rem 0.45rem; text-align: right; }
    .confusion th[scope="row"] {
      position: sticky; left: 0; background: var(--ground); white-space: nowrap;
    }
    .confusion thead th { color: var(--faint); font-weight: 400; }
    .confusion td.none { color: var(--faint); }
    .confusion td { border: 1px solid var(--ground); }
    td.right { background: rgba(var(--right), var(--shade)); font-weight: 600; }
    td.wrong { background: rgba(var(--wrong), var(--shade)); }
    .confusion td.share { padding-left: 0.9rem; white-space: nowrap; }
    .confusion.large { font-size: 0.72rem; }
    .confusion.large th, .confusion.large td { padding: 0.2rem 0.25rem; }
    .figures { font-size: 0.9rem; }
    .figures th, .figures td {
      padding: 0.25rem 0.7rem; text-align: right; border-bottom: 1px solid var(--rule);
      white-space: nowrap;
    }
    .figures .text { text-align: left; }
    .figures td.long { white-space: normal; min-width: 14rem; overflow-wrap: anywhere; }
    svg.small { display: block; width: 7.5rem; height: auto; }
    svg .end { fill: var(--test); }
    .wide th { white-space: normal; vertical-align: bottom; }
    .gallery {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(6.2rem, 1fr));
      gap: 1rem 0.75rem;
    }
    .gallery.filters { grid-template-columns: repeat(auto-fill, minmax(4.2rem, 1fr)); }
    .gallery img {
      display: block; width: 100%; aspect-ratio: 1; object-fit: contain;
      image-rendering: pixelated; background: #000; border-radius: 0.25rem;
    }
    .gallery figcaption { font-size: 0.85rem; line-height: 1.35; margin-top: 0.3rem; }
    .gallery figcaption b, .gallery figcaption span { display: block; }
    .sheet img {
      display: block; width: 4.2rem; aspect-ratio: 1; object-fit: contain;
      image-rendering: pixelated; background: #000; border-radius: 0.25rem;
    }
    .sheet small { display: block; }
    .figures.sheet th, .figures.sheet td { padding: 0.25rem 0.35rem; text-align: left; }
    .columns {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
      gap: 0 2.5rem; align-items: start;
    }
    .columns section { min-width: 0; }
    .entries { width: 100%; font-size: 0.9rem; }
    .entries th, .entries td {
      padding: 0.25rem 0; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--rule);
    }
    .entries th { padding-right: 1rem; font-weight: 400; color: var(--faint); }
    .entries td { overflow-wrap: anywhere; unicode-bidi: isolate; }
    summary { cursor: pointer; margin-top: 1.25rem; }
    @media (max-width: 34rem) {
      svg text { font-size: 14.5px; }
      svg .letter { font-size: 13px; }
      .key { white-space: normal; }
      .confusion, .confusion.large { font-size: 0.7rem; }
      .confusion th, .confusion td { padding: 0.25rem 0.2rem; }
      .confusion td.share { padding-left: 0.4rem; }
    }
    @media print {
      :root { color-scheme: light; }
      body { padding: 0; max-width: none; font-size: 10pt; }
      * { print-color-adjust: exact; }
      h2 { break-after: avoid; }
      .scroll { overflow: visible; background: none; }
      .figures.wide { font-size: 7pt; }
      .wide th, .wide td { padding: 0.15rem 0.35rem; }
      .charts { grid-template-columns: 1fr 1fr; }
      details::details-content { content-visibility: visible; height: auto; }
    }
    """
}
